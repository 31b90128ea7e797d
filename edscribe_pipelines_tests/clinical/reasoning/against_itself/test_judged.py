import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("Lithium level of 2.8 is therapeutic.", ["Lithium level of 2.8", "therapeutic"]),
        ("A normal lactate of 4.3.", ["lactate of 4.3", "normal"]),
        ("Potassium 3.9 is high.", ["Potassium 3.9", "high"]),
        ("The 4-h level 122 is above the 150 treatment line.", ["122", "150"]),
        ("D-dimer 740, below the cutoff of 500.", ["740", "500"]),
    ],
)
def test_a_value_that_is_not_what_it_is_called(said: str, places: list[str]) -> None:
    assert [place for rule, _, place in told(medical=said) if rule == "judgement"] == places


@pytest.mark.parametrize(
    "said",
    [
        "Lithium level of 0.8 is therapeutic.",
        "Digoxin 0.9 is low.",
        "Normal lactate of 1.3.",
        "The level 212 is above the 150 treatment line.",
        "D-dimer 340, below the cutoff of 500.",
        "U+E normal K 3.3.",
        "He is 122 and weighs more than 150 kg.",
    ],
)
def test_a_value_that_fits_is_quiet(said: str) -> None:
    assert told(medical=said) == []
