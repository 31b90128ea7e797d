from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def judged(severity: str, **said: str) -> list[str]:
    found = check_doses(parse_note(note_of(**said)))
    return [each["rule"] for each in found if each["severity"] == severity and each["rule"].endswith(".day")]


@pytest.mark.parametrize(
    "rx",
    [
        "acetaminophen 1,000 mg every 3 hours as needed",
        "acetaminophen 1 g q4h scheduled",
        "Acetaminophen 650 mg PO every 2 hours",
        "Tylenol 500 mg 2 tabs every three hours around the clock",
        "acetaminophen 500 mg tablets, take 2 every 2 hours",
        "acetaminophen 1,000 mg PO q6h and Percocet 10/325 two tablets q4h PRN",
        "Norco 10/325 3 tabs q4h PRN",
        "ibuprofen 800 mg six times a day",
        "Naproxen 500 mg QID",
        "rizatriptan 10 mg PO at onset, may repeat every hour, max 12 tablets in 24 hours",
        "methotrexate 15 mg PO daily",
        "tramadol 100 mg q4h",
    ],
)
def test_a_prescription_above_the_most_of_a_day_blocks(rx: str) -> None:
    assert judged("critical", disposition=f"Discharged home in good condition. {rx}.")


@pytest.mark.parametrize(
    "rx",
    [
        "acetaminophen 1,000 mg every 8 hours as needed",
        "acetaminophen 650 mg q4-6h PRN",
        "acetaminophen 1,000 mg q4h PRN (max 3 g a day)",
        "acetaminophen 650 mg q3h, no more than 5 doses in 24 hours",
        "Norco 5/325 1-2 tabs q4-6h PRN",
        "ibuprofen 600 mg q6h x 5 days, acetaminophen 1 g q6h",
        "methotrexate 15 mg PO weekly",
        "rivaroxaban 15 mg BID x21 days then 20 mg daily",
        "prednisone 60 mg daily for 5 days, cephalexin 500 mg QID",
    ],
)
def test_a_usual_prescription_is_quiet(rx: str) -> None:
    said = f"Discharged home in good condition. {rx}."
    assert judged("critical", disposition=said) == judged("warning", disposition=said) == []


def test_of_a_range_that_may_be_right_only_the_most_warns() -> None:
    said = "Discharged home. Acetaminophen 1 g q4-6h PRN."
    assert judged("warning", disposition=said)
    assert not judged("critical", disposition=said)


def test_what_the_patient_took_too_much_of_warns_in_the_history_and_methotrexate_blocks_in_the_list() -> None:
    assert not judged("critical", history="He has been taking ibuprofen 800 mg every 3 hours for his back.")
    assert judged("critical", medications="Folic acid 1 mg daily, methotrexate 15 mg PO daily.")


@pytest.mark.parametrize("said", ["Acetaminophen 1 g PO x5 within 4 hours.", "Ibuprofen 800 mg PO x5 given."])
def test_doses_given_here_are_summed(said: str) -> None:
    assert judged("critical", ed=said)


def test_one_dose_given_here_is_held_to_no_day() -> None:
    assert not judged("critical", ed="Methotrexate 87 mg IM given for ectopic pregnancy.")
