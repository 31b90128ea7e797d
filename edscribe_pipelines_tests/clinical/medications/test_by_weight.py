from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def severities(said: str, rule: str) -> set[str]:
    found = check_doses(parse_note(note_of(physical="Weight 60 kg. Awake.", ed=said)))
    return {each["severity"] for each in found if each["rule"].endswith(rule)}


@pytest.mark.parametrize(
    "said",
    [
        "Vancomycin 25 mg/kg (3,000 mg) IV.",
        "Enoxaparin 1 mg/kg = 100 mg SC.",
        "Fentanyl 1 mcg/kg, 160 mcg IV.",
        "Levetiracetam 20 mg/kg x 60 kg = 2,400 mg IV.",
        "Ketamine 120 mg IV (1 mg/kg).",
        "Prochlorperazine 10 mg IV (20 mL of 5 mg/mL).",
    ],
)
def test_an_amount_far_above_what_the_weight_makes_blocks(said: str) -> None:
    assert severities(said, ".weight") == {"critical"}


@pytest.mark.parametrize(
    "said",
    [
        "Vancomycin 25 mg/kg (1,500 mg) IV.",
        "Prochlorperazine 10 mg IV (2 mL of 5 mg/mL).",
        "Vancomycin 25 mg/kg, max 2 g, given.",
        "Levetiracetam 60 mg/kg = 1,500 mg IV (renal dosing).",
        "Fentanyl 1-2 mcg/kg (100 mcg) IV.",
        "Heparin 80 units/kg (4,800 units) IV then 18 units/kg/h.",
    ],
)
def test_what_the_weight_makes_is_quiet(said: str) -> None:
    assert severities(said, ".weight") == set()


@pytest.mark.parametrize("said", ["LR 21,000 mL IV given.", "Normal saline 10 L bolus.", "300 mL/kg of crystalloid."])
def test_a_volume_of_fluid_that_nobody_is_given_blocks(said: str) -> None:
    assert severities(said, ".volume") == {"critical"}


@pytest.mark.parametrize(
    "said", ["LR 2 L IV, O2 15 L by NRB, NS 500 mL.", "30 mL/kg of LR.", "Oxygen 15 L, saline 1 L stat.", "UOP 5 L."]
)
def test_usual_volumes_and_oxygen_are_quiet(said: str) -> None:
    assert severities(said, ".volume") == set()
