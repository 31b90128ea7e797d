from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.daily.of_a_child import daily_excesses_of_child
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def excesses(weight_kg: float = 11, **said: str) -> list[tuple[str, bool]]:
    note = parse_note(note_of(**{"history": "A 2-year-old boy with fever.", "ed": "Observed.", **said}))
    return [(each.drug, each.blocks) for each in daily_excesses_of_child(note, weight_kg)]


@pytest.mark.parametrize(
    ("rx", "drug"),
    [
        ("Paracetamol 165 mg PO QDS and Calpol 165 mg PO every 4 hours and paracetamol 180 mg PR QDS", "acetaminophen"),
        ("Amoxicillin 90 mg/kg/dose TID for 10 days", "amoxicillin"),
        ("Amoxicillin 900 mg/kg/day divided BID", "amoxicillin"),
        ("Ibuprofen 10 mg/kg every 2 hours", "ibuprofen"),
        ("Ibuprofen 5.5 mL of 100 mg/5 mL every 2 hours", "ibuprofen"),
        ("Cetirizine 10 mg QID", "cetirizine"),
    ],
)
def test_a_prescription_far_above_the_day_of_the_weight_blocks(rx: str, drug: str) -> None:
    assert (drug, True) in excesses(disposition=f"Discharged home. {rx}.")


@pytest.mark.parametrize(
    "rx",
    [
        "Amoxicillin 90 mg/kg/day divided BID for 10 days",
        "Amoxicillin 80-90 mg/kg/day",
        "Acetaminophen 15 mg/kg every 4 hours, max 5 doses a day",
        "Ibuprofen 110 mg every 6 hours, acetaminophen 160 mg every 6 hours",
        "Alternate acetaminophen 160 mg and ibuprofen 110 mg every 3 hours",
        "Acetaminophen 160 mg PO q6h or 160 mg PR q6h if vomiting",
        "Prednisolone 2 mg/kg daily for 5 days",
        "Cefdinir 250 mg/5 mL, 3.1 mL daily",
    ],
)
def test_a_usual_prescription_is_quiet(rx: str) -> None:
    assert excesses(disposition=f"Discharged home. {rx}.") == []


def test_doses_given_here_are_summed_and_times_of_a_temperature_are_none() -> None:
    given = "Ibuprofen 110 mg PO at 9:00, 110 mg at 9:30, 110 mg at 10:00, 110 mg at 10:30, 110 mg at 11:00."
    assert excesses(ed=given) == [("ibuprofen", True)]
    assert excesses(ed="Ibuprofen 110 mg PO at 9:00; temperature 38.1 at 9:30, 37.9 at 10:00, 37.6 at 10:30.") == []
