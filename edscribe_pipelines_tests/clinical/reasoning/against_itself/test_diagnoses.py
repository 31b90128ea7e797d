import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules


@pytest.mark.parametrize(
    ("said", "is_contradiction"),
    [
        ("PE ruled out by CTPA. Diagnosis: pulmonary embolism.", True),
        ("No pulmonary embolism on CT. Final diagnosis: PE.", True),
        ("PE ruled out by CTPA. Diagnosis: chest wall pain.", False),
        ("PE considered. Diagnosis: pulmonary embolism.", False),
        ("History of PE. Diagnosis: pulmonary embolism.", False),
        ("No STEMI. Diagnosis: NSTEMI.", False),
        ("CT is negative for pulmonary embolism. Final diagnosis: pulmonary embolism.", True),
        ("CTPA was negative for PE. Diagnosis: pulmonary embolism.", True),
        ("Pulmonary embolism: none. Final diagnosis: pulmonary embolism.", True),
        ("Dissection: no. Diagnosis: pulmonary embolism.", False),
    ],
)
def test_a_diagnosis_ruled_out_and_made_is_a_warning(said: str, is_contradiction: bool) -> None:
    assert bool({("diagnosis", "warning"), ("statement", "warning")} & rules(medical=said)) is is_contradiction
