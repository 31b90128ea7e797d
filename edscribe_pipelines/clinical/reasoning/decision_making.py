"""Whether a physician's decision making is robust: the third of the plan's quality gates (section 2.2).

The gate fails only where reasoning is plainly absent; whatever else is open is a finding beside the note.
Structured rows hold no reasoning, so for a note made from them the gate is not assessable.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.addressed import complaints_of, expected_diagnoses, is_addressed, is_weighed
from edscribe_pipelines.clinical.reasoning.findings import DECISION_MAKING, PLAN, section_finding
from edscribe_pipelines.clinical.reasoning.risk_scores import check_scores, scored_complaints, stated_scores
from edscribe_pipelines.clinical.reasoning.vocabulary import places_of
from edscribe_pipelines.clinical.records import Encounter, Finding, Verdict

_REASONING = ("differential", "rule-out", "rationale")
_WEIGHS_SEVERAL = 3


def judge_decision_making(note: ParsedNote, facts: Encounter | None, *, structured: bool) -> Verdict:
    """Return fail where the decision making shows no differential, rule-out or rationale, or the note addresses
    none of the diagnoses that published lists demand for its complaint."""
    if structured:
        return "not_assessable"
    return "pass" if _shows_reasoning(note, facts) and not _ignores_published_lists(note, facts) else "fail"


def _shows_reasoning(note: ParsedNote, facts: Encounter | None) -> bool:
    """Whether it has a word of reasoning, or weighs several diagnoses of the complaint: "PE: PERC 0. ACS: flat"."""
    return _has_words_of_reasoning(note) or _weighed(note, facts) >= _WEIGHS_SEVERAL


def _weighed(note: ParsedNote, facts: Encounter | None) -> int:
    expected = {each.diagnosis: each for _, diagnoses in expected_diagnoses(note, facts) for each in diagnoses}
    return sum(is_weighed(note, each) for each in expected.values())


def _has_words_of_reasoning(note: ParsedNote) -> bool:
    places = (place for shows in _REASONING for place in places_of(note, "reasoning", shows))
    return any(note.section_at(start) == DECISION_MAKING for start, _ in places)


def _ignores_published_lists(note: ParsedNote, facts: Encounter | None) -> bool:
    expected = [each for _, diagnoses in expected_diagnoses(note, facts) for each in diagnoses]
    return any(each.is_verified for each in expected) and not any(is_addressed(note, each) for each in expected)


def check_decision_making(note: ParsedNote, verdict: Verdict, facts: Encounter | None) -> Iterator[Finding]:
    """Yield a warning for the gate, what is wrong with a risk score, and that none was used."""
    if verdict == "fail" and not _shows_reasoning(note, facts):
        yield _open_point(note, "reasoning", "No differential, rule-out or rationale found in the decision making.")
    elif verdict == "fail":
        yield _open_point(note, "cannot_miss", "None of the diagnoses to consider for the complaint is addressed.")
    yield from check_scores(note)
    if verdict != "not_assessable":
        yield from _without_score(note, facts)
        yield from _not_weighed(note, facts)


def _open_point(note: ParsedNote, point: str, message: str) -> Finding:
    return section_finding(note, f"decision_making.{point}", "warning", DECISION_MAKING, message, PLAN)


def _without_score(note: ParsedNote, facts: Encounter | None) -> Iterator[Finding]:
    scored = {complaint.name for complaint in complaints_of(note, facts)} & scored_complaints()
    used = {name for said in note.of(stated_scores) for name in said.score.complaints}
    if scored and not scored & used:
        yield section_finding(
            note,
            "decision_making.risk_stratification",
            "information",
            DECISION_MAKING,
            f"No risk score found for {', '.join(sorted(scored))}.",
            PLAN,
        )


def _not_weighed(note: ParsedNote, facts: Encounter | None) -> Iterator[Finding]:
    """Yield an information on what the note tests or denies and its decision making does not name."""
    if note.states[DECISION_MAKING] != "documented":
        return
    expected = {each.diagnosis: each for _, some in expected_diagnoses(note, facts) for each in some}
    unnamed = [name for name, each in expected.items() if not is_weighed(note, each) and is_addressed(note, each)]
    if unnamed:
        yield section_finding(
            note,
            "decision_making.not_weighed",
            "information",
            DECISION_MAKING,
            f"Tested or denied, not named in the decision making: {'; '.join(unnamed)}.",
            PLAN,
        )
