from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.physician import physician_case
from edscribe_pipelines_tests.builders import deidentified

NOTE = """\
Disposition: Admitted because of ongoing pain.

CC: Chest pain
since 07:00

MDM: Considered ACS.
Dissection is unlikely."""


def completion(note: str) -> dict[str, str]:
    case = physician_case(deidentified(note=note, note_origin="physician"))  # type: ignore[arg-type]
    assert case is not None
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
    case = physician_case(deidentified(note=NOTE, note_origin="physician"))  # type: ignore[arg-type]
    assert case is not None
    headings = [heading(section) for section in SECTIONS]
    assert [line for line in case["completion"].splitlines() if line in headings] == headings


def test_case_is_the_physicians_and_has_no_provenance() -> None:
    case = physician_case(deidentified(note=NOTE, note_origin="physician"))  # type: ignore[arg-type]
    assert case is not None
    assert (case["tier"], case["note_origin"], case["provenance"]) == ("physician", "physician", [])


def test_note_in_the_projects_own_form_comes_back_the_same() -> None:
    case = physician_case(deidentified(note=NOTE, note_origin="physician"))  # type: ignore[arg-type]
    assert case is not None
    again = physician_case(deidentified(note=case["completion"], note_origin="physician"))  # type: ignore[arg-type]
    assert again == case


def test_note_without_headings_makes_no_case() -> None:
    for note in ("She fell and hurt her ankle.", "", None):
        assert physician_case(deidentified(note=note, note_origin="physician")) is None  # type: ignore[arg-type]
