from typing import Any

import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.facts import prompts
from edscribe_pipelines.corpus.physician import physician_cases
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame

NOTE = """\
Disposition: Admitted because of ongoing pain.

CC: Chest pain
since 07:00

MDM: Considered ACS.
Dissection is unlikely."""


def cases(*notes: str | None) -> list[dict[str, Any]]:
    stays = [
        deidentified(encounter_id=f"e-{number}", note=note, note_origin="physician")
        for number, note in enumerate(notes)
    ]
    return physician_cases(deidentified_frame(*stays)).to_dicts()


def completion(note: str) -> dict[str, str]:
    (case,) = cases(note)
    parts = f"\n\n{case['completion']}"
    return {
        section: parts.split(f"\n\n{heading(section)}\n")[1].split("\n\n")[0]
        if f"{heading(section)}\n" in parts
        else ""
        for section in SECTIONS
    }


def test_words_of_each_section_stay_as_written() -> None:
    sections = completion(NOTE)
    assert sections["Chief Complaint"] == "Chest pain\nsince 07:00"
    assert sections["Medical Decision Making"] == "Considered ACS.\nDissection is unlikely."
    assert sections["Disposition"] == "Admitted because of ongoing pain."


def test_sections_that_the_note_lacks_say_so() -> None:
    written = {"Chief Complaint", "Medical Decision Making", "Disposition"}
    assert {section for section, content in completion(NOTE).items() if content == NOT_DOCUMENTED} == (
        set(SECTIONS) - written
    )


def test_sections_come_in_the_order_of_the_twelve() -> None:
    (case,) = cases(NOTE)
    headings = [heading(section) for section in SECTIONS]
    assert [line for line in case["completion"].splitlines() if line in headings] == headings


def test_case_is_the_physicians_and_has_no_provenance() -> None:
    (case,) = cases(NOTE)
    assert (case["tier"], case["note_origin"], case["provenance"]) == ("physician", "physician", [])


def test_prompt_holds_the_facts_as_for_any_stay() -> None:
    (case,) = cases(NOTE)
    assert case["prompt"] == prompts(deidentified_frame(deidentified())).item()


def test_note_in_the_projects_own_form_comes_back_the_same() -> None:
    (case,) = cases(NOTE)
    assert cases(case["completion"]) == [case]


def test_note_without_headings_makes_no_case() -> None:
    made = cases("She fell and hurt her ankle.", "", NOTE, None)
    assert [case["encounter_id"] for case in made] == ["e-2"]


HISTORY = "History of Present Illness"


def test_what_stands_before_the_first_heading_opens_the_history() -> None:
    opening = "61-year-old woman with two hours of chest pain.\nCame by ambulance."
    assert completion(f"{opening}\n\n{NOTE}")[HISTORY] == opening
    assert completion(f"{opening}\n\n{NOTE}\n\nHPI: Pressure-like.")[HISTORY] == f"{opening}\nPressure-like."


@pytest.mark.parametrize(
    "line",
    [
        "Emergency Department Provider Note",
        "ED NOTE [DATE]",
        "Patient: [NAME]  MRN: [ID] | DOB: [DATE]",
        "*****",
        "[NAME], [DATE]",
    ],
)
def test_title_and_emptied_banner_are_no_history(line: str) -> None:
    assert completion(f"{line}\n\n{NOTE}")[HISTORY] == NOT_DOCUMENTED
    assert completion(f"{line}\nSent in by [NAME] with chest pain.\n\n{NOTE}")[HISTORY] == (
        "Sent in by [NAME] with chest pain."
    )


def test_banner_of_stand_ins_is_no_history_and_a_sentence_with_one_is() -> None:
    opening = "Patient: Ada Marsh  MRN: 88320175 | DOB: [DATE]\nSent in by Ada Marsh with chest pain."
    stay = deidentified(note=f"{opening}\n\n{NOTE}", note_origin="physician", stand_ins=["88320175", "Ada Marsh"])
    (case,) = physician_cases(deidentified_frame(stay)).to_dicts()
    assert f"{heading(HISTORY)}\nSent in by Ada Marsh with chest pain.\n" in case["completion"]


def test_no_notes_give_an_empty_table() -> None:
    assert cases() == []
