"""What a patient came for, where no section of the note is the complaint's."""

import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.addressed import complaints_of
from edscribe_pipelines_tests.clinical.invented import encounter


def names(note: str) -> list[str]:
    return [complaint.name for complaint in complaints_of(parse_note(note), None)]


@pytest.mark.parametrize(
    ("note", "complaints"),
    [
        ("TRIAGE 14:05, ESI 2, CP x 2 h.\n\nEXAM: lungs clear.", ["chest pain"]),
        ("HISTORY OF PRESENT ILLNESS\n61 year old with headache since noon.\n\nPLAN\nHome.", ["headache"]),
        ("HPI: 44M w/ HTN, DM. Low back pain after lifting. No fever.\n\nMDM: sprain.", ["back pain"]),
        ("HPI: 31F, denies chest pain. Fever for two days.\n\nMDM: viral.", ["fever"]),
        ("HPI: 31F, known epilepsy. Sore throat.\n\nMDM: viral.", ["sore throat"]),
    ],
)
def test_the_first_sentence_that_names_a_complaint_is_what_the_patient_came_for(
    note: str, complaints: list[str]
) -> None:
    assert names(note) == complaints


def test_a_section_of_the_complaint_goes_before_the_opening() -> None:
    note = "TRIAGE: fall yesterday.\n\nCHIEF COMPLAINT\nHeadache\n\nHPI\nFell yesterday.\n\nMDM\nSprain."
    assert names(note) == ["headache"]


def test_a_recorded_complaint_goes_before_what_the_note_says() -> None:
    facts = encounter(chief_complaint="Syncope")
    (complaint,) = complaints_of(parse_note("HPI: chest pain.\n\nMDM: sprain."), facts)
    assert complaint.name == "syncope"


def test_what_stands_far_behind_the_opening_is_no_complaint() -> None:
    assert names("Seen at nine. " * 40 + "He had a headache last year.\n\nMDM: sprain.") == []
