from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines_tests.clinical.invented import note_of


def blocking(said: str) -> list[str]:
    note = note_of(history="16-month-old girl with fever.", physical="Weight 10.2 kg. Playful.", ed=said)
    found = check_note(note).findings
    return [each["rule"] for each in found if each["rule"].startswith("dose.") and each["severity"] == "critical"]


@pytest.mark.parametrize(
    "said",
    [
        "Acetaminophen 500 mg PO given.",
        "Ibuprofen 1,000 mg PO given.",
        "Acetaminophen 150 mg PO q2h around the clock.",
        "Ceftriaxone 5 g IV given.",
        "Morphine 10 mg IV given.",
        "Diphenhydramine 10 mg intrathecal.",
    ],
)
def test_what_a_child_of_the_weight_must_not_get_blocks(said: str) -> None:
    assert blocking(said)


@pytest.mark.parametrize(
    "said",
    [
        "Acetaminophen 150 mg PO q6h PRN, ibuprofen 100 mg PO q6h PRN.",
        "Amoxicillin 450 mg PO BID x10 days (90 mg/kg/day).",
        "Dexamethasone 0.6 mg/kg = 6 mg PO. Neb epinephrine 5 mL of 1 mg/mL.",
        "Ondansetron 2 mg ODT.\nHourly checks.",
    ],
)
def test_usual_doses_of_a_child_are_quiet(said: str) -> None:
    assert blocking(said) == []
