from hypothesis import given, settings
from hypothesis import strategies as st

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.checks import check_reasoning
from edscribe_pipelines.clinical.reasoning.contradictions import check_contradictions
from edscribe_pipelines.clinical.reasoning.decision_making import judge_decision_making
from edscribe_pipelines.clinical.reasoning.disposition import judge_disposition
from edscribe_pipelines.clinical.reasoning.rule_outs import check_rule_outs
from edscribe_pipelines.clinical.reasoning.sections import check_sections
from edscribe_pipelines.clinical.records import Encounter, Finding, Verdict, validate
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines_tests.clinical.invented import encounter, note_of

_SAID = [
    *("Admitted to telemetry. ", "Discharged home", " if ", "Return for ", "HEART score ", "45", "PE", " ruled out. "),
    *("Diagnosis: pulmonary embolism", "chest pain", "\n", "Expired.", "History of ", "\ud800", "İ", "ſ", "\0", "•"),
]
_NOTES = st.builds(
    lambda said: note_of(**said),
    st.dictionaries(
        st.sampled_from([section.split()[0].lower() for section in SECTIONS]),
        st.lists(st.sampled_from(_SAID) | st.text(max_size=5), max_size=12).map("".join),
    ),
) | st.text(st.characters(), max_size=80)


def everything(text: str, facts: Encounter | None, structured: bool) -> list[Finding]:
    note = ParsedNote(text)
    gates: dict[str, Verdict] = {
        "decision_making": judge_decision_making(note, facts, structured=structured),
        "disposition": judge_disposition(note, facts, structured=structured),
    }
    return [
        *check_sections(note, facts),
        *check_reasoning(note, gates, facts),
        *check_contradictions(note, facts),
        *check_rule_outs(note, facts, source_holds_reasoning=not structured),
    ]


@settings(max_examples=60)
@given(_NOTES, st.booleans(), st.booleans())
def test_no_note_is_an_error_and_every_place_is_in_it(text: str, has_facts: bool, structured: bool) -> None:
    facts = encounter(disposition="HOME", chief_complaint="CP") if has_facts else None
    for finding in everything(text, facts, structured):
        validate(Finding, finding, "finding")
        assert finding["citation"]
        if finding["start"] is not None and finding["end"] is not None:
            assert 0 <= finding["start"] <= finding["end"] <= len(text)


def test_a_sound_note_has_no_critical_finding_and_a_rendered_one_only_information() -> None:
    assert "critical" not in {finding["severity"] for finding in everything(note_of(), None, False)}
    assert {finding["severity"] for finding in everything(note_of(), encounter(), True)} == {"information"}


def test_no_finding_quotes_the_note() -> None:
    said = "Zebrawood admitted to telemetry. Zebrawood discharged home. HEART score 512."
    for finding in everything(note_of(medical=said, disposition=said), None, False):
        assert not {"Zebrawood", "512"} & set(finding["message"].replace(".", " ").split())
