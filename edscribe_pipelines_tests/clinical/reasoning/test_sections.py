import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.sections import check_sections
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines_tests.clinical.invented import encounter, note_of

DOUBTFUL = (
    "he fell off a ladder this morning and hurt his wrist no other injury he is well otherwise works as a roofer takes "
    "nothing the wrist is swollen and tender over the distal radius moves his fingers pulse fine film shows a buckle "
    "we put him in a splint and gave him some tablets for pain he felt better so it is a simple fracture no scaphoid "
    "tenderness he can go and see the fracture clinic in a week and come back if the fingers go numb"
)


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


def test_section_that_no_heading_opens_says_how_certain_it_is() -> None:
    note = note_of(social="Smokes a pack a day, drinks no alcohol, lives alone.").replace("SOCIAL HISTORY\n", "")
    (finding,) = (each for each in check_sections(parse_note(note), None) if each["section"] == "Social History")
    assert (finding["rule"], finding["severity"]) == ("section.inferred", "information")
    assert note[finding["start"] : finding["end"]].startswith("Smokes")


def test_doubt_is_a_warning_with_both_readings() -> None:
    read = parse_note(DOUBTFUL)
    doubtful = [each for each in check_sections(read, None) if each["rule"] == "section.doubtful"]
    assert doubtful
    assert {each["severity"] for each in doubtful} == {"warning"}
    assert all(each["message"].count("(0.") == 2 for each in doubtful)
    assert all(read.states[each["section"]] == "missing" for each in doubtful)


def test_a_fact_that_the_note_withholds_is_critical_and_placed() -> None:
    note = note_of(disposition=NOT_DOCUMENTED)
    (finding,) = check_sections(parse_note(note), encounter(disposition="HOME"))
    assert (finding["rule"], finding["severity"]) == ("section.fact_withheld", "critical")
    assert note[finding["start"] : finding["end"]] == NOT_DOCUMENTED
