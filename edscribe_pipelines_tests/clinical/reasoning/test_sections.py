import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.sections import check_sections
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(("said", "rule"), [("", "section.empty"), ("TBD", "section.empty"), (None, "section.missing")])
def test_a_section_without_content_is_critical(section: str, said: str | None, rule: str) -> None:
    note = note_of(**{section.split()[0].lower(): said or ""})
    if said is None:
        note = note.replace(f"{heading(section)}\n", "")
    (finding,) = check_sections(parse_note(note), None)
    assert (finding["rule"], finding["severity"], finding["section"]) == (rule, "critical", section)


def test_a_sound_note_has_no_finding() -> None:
    assert check_sections(parse_note(note_of()), None) == []


def test_a_fact_that_the_note_withholds_is_critical_and_placed() -> None:
    note = note_of(disposition=NOT_DOCUMENTED)
    (finding,) = check_sections(parse_note(note), encounter(disposition="HOME"))
    assert (finding["rule"], finding["severity"]) == ("section.fact_withheld", "critical")
    assert note[finding["start"] : finding["end"]] == NOT_DOCUMENTED
