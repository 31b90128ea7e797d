import pytest

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def often(said: str) -> list[str]:
    found = check_doses(parse_note(note_of(disposition=f"Discharged home. {said}")))
    return [each["severity"] for each in found if each["rule"].endswith(".often")]


@pytest.mark.parametrize(
    "said",
    [
        "Acetaminophen 150 mg PO q2h around the clock.",
        "Paracetamol 250 mg every hour as needed, up to 20 doses a day.",
        "Diclofenac 25 mg every 2 hours.",
        "Cephalexin 250 mg two hourly for 5 days.",
        "Augmentin 875/125 mg PO every 2 hours for 5 days.",
        "Cefprozil 500 mg every 2 hours.",
        "Donepezil 10 mg every 3 hours.",
        "Enoxaparin 80 mg SC every 4 hours.",
        "Sumatriptan 50 mg every hour.",
    ],
)
def test_half_of_the_shortest_interval_blocks(said: str) -> None:
    assert often(said) == ["critical"]


def test_a_little_too_often_warns() -> None:
    assert often("Acetaminophen 325 mg PO q3h.") == ["warning"]


@pytest.mark.parametrize(
    "said",
    [
        "Acetaminophen 325 mg PO q4-6h.",
        "Syrup paracetamol 250 mg six hourly.",
        "Acetaminophen 325 mg every 2 hours, max 4 doses a day.",
        "Acetaminophen 325 mg every 2 hours as needed, no more than 3 g a day.",
        "Loperamide 2 mg every 2 hours.",
        "Augmentin 875/125 mg PO BID for 5 days.",
        "Enoxaparin 80 mg SC every 12 hours.",
        "Sumatriptan 50 mg, may repeat once after 2 hours.",
        "Prednisolone acetate 1% one drop every hour to the left eye.",
        "Ice for 15 minutes every hour. Meloxicam 15 mg daily.",
    ],
)
def test_usual_interval_or_one_that_the_note_limits_is_nothing(said: str) -> None:
    assert not often(said)


def test_interval_holds_for_children() -> None:
    note = note_of(history="A 3-year-old girl with fever.", disposition="Home. Acetaminophen 150 mg every hour PRN.")
    assert {"dose.acetaminophen.often"} <= {found["rule"] for found in check_note(note).findings}
