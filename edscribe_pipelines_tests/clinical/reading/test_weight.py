import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reading.weight import weight_kg


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Weight: 82 kg", 82),
        ("Vitals: HR 80, Wt 82.5kg, BP 120/80", 82.5),
        ("Wt. 180 lbs", 81.65),
        ("WEIGHT 180 pounds", 81.65),
        ("She weighs about 60 kilograms.", 60),
        ("He weighs in at 180 lb.", 81.65),
        ("Estimated weight of 70 kg for dosing", 70),
        ("Weight (kg): 70.3", 70.3),
        ("Weight (lb): 180", 81.65),
        ("Weight (stated): 180 lb (81.6 kg)", 81.65),
        ("A 70 kg man with sepsis", 70),
        ("Birth weight 3 kg. Weight today 25 kg.", 25),
        ("Weight 700 kg, weight 70 kg", 70),
    ],
)
def test_weight_is_the_patients_in_kilograms(text: str, weight: float) -> None:
    assert weight_kg(parse_note(text)) == pytest.approx(weight, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "Weight loss of 30 kg over a year.",
        "Lost weight, 30 kg since May.",
        "Lifted a box with a weight of 50 kg.",
        "Dropped a weight of 25 kg on the foot.",
        "Lifting a 50 kg patient at work.",
        "Gained 60 lb.",
        "Ideal body weight 60 kg.",
        "Heparin 80 units/kg, weight-based.",
        "Ketamine 25 mg/kg",
        "Weight: 82",
        "Weight: 5 kg",
        "Weight 700 kg",
        "Her mother weighs 90 kg.",
        "Weight gain of 60 lb",
        "",
    ],
)
def test_change_load_or_implausible_figure_is_no_weight(text: str) -> None:
    assert weight_kg(parse_note(text)) is None
