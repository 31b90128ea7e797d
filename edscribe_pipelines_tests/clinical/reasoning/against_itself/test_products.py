import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules


@pytest.mark.parametrize(
    ("said", "is_off"),
    [
        ("Weight 70 kg. Vancomycin 15 mg/kg = 2,100 mg IV.", True),
        ("Weight 70 kg. Vancomycin 15 mg/kg = 1,050 mg IV.", False),
        ("Weight 70 kg. Ketamine 140 mg IV (1 mg/kg).", True),
        ("Weight 70 kg. Ketamine 70 mg IV (1 mg/kg).", False),
        ("Weight 120 kg. Alteplase 0.9 mg/kg = 90 mg, the maximum.", False),
        ("Ketamine 140 mg IV (1 mg/kg).", False),
        ("He took 30 tablets of acetaminophen 500 mg (50 g).", True),
        ("He took 30 tablets of acetaminophen 500 mg (15 g).", False),
    ],
)
def test_factors_make_the_product(said: str, is_off: bool) -> None:
    assert (("product", "warning") in rules(ed=said)) is is_off
