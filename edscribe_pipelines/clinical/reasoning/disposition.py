"""Whether a disposition has its rationale, the fourth of the plan's quality gates (section 2.2), and what is open.

What a disposition should state besides is a row of `tables/disposition_points.csv`. Structured rows hold no
reasons: a note made from them fails only if its disposition names none, and what it leaves open is information.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.dispositions import disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import (
    DECIDED_IN,
    DECISION_MAKING,
    DISPOSITION,
    PLAN,
    cited,
    section_finding,
)
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, places_of, point_word
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity, Verdict
from edscribe_pipelines.tables import read_table, table_cache

_TERM, _RATIONALE = "disposition term", "disposition rationale"


def judge_disposition(note: ParsedNote, facts: Encounter | None, *, structured: bool) -> Verdict:
    """Return pass where a physician's disposition has a term and a rationale, the latter in its section
    or in a sentence of the decision making that names the disposition."""
    names_one = bool(_sentences(note, DISPOSITION, _TERM))
    if structured:
        recorded = facts is not None and facts["disposition"]
        states_it = not recorded or names_one or "disposition" in note.sections.get(DISPOSITION, "").lower()
        return "not_assessable" if states_it else "fail"
    reasoned = _sentences(note, DISPOSITION, _RATIONALE) or (
        _sentences(note, DECISION_MAKING, _TERM) & _sentences(note, DECISION_MAKING, _RATIONALE)
    )
    return "pass" if names_one and reasoned else "fail"


def _sentences(note: ParsedNote, section: str, shows: str) -> set[Place]:
    """Return the sentences of `section` with that wording."""
    starts = [start for start, _ in places_of(note, "reasoning", shows)]
    return {note.sentence_at(start) for start in starts if note.section_at(start) == section}


def check_disposition(
    note: ParsedNote, verdict: Verdict, facts: Encounter | None, *, structured: bool
) -> Iterator[Finding]:
    """Yield a warning for the gate and a finding for each point that the disposition leaves open."""
    if verdict == "fail":
        yield section_finding(
            note, "disposition.rationale", "warning", DISPOSITION, "No disposition with a rationale found.", PLAN
        )
    disposition = _disposition_of(note, facts)
    severity: Severity = "information" if structured else "warning"
    for point, (asks, citation) in _asked().get(disposition or "", {}).items():
        stated = places_of(note, "point", point_word(disposition or "", point))
        if not any(note.section_at(start) in DECIDED_IN for start, _ in stated):
            message = f"Not found for this disposition: {asks}."
            yield section_finding(note, f"disposition.{point}", severity, DISPOSITION, message, citation)


def _disposition_of(note: ParsedNote, facts: Encounter | None) -> str | None:
    stated = disposition_of(note)
    return stated or (facts["disposition"] if facts else None)


@table_cache
def _asked() -> dict[str, dict[str, tuple[str, str]]]:
    asked: dict[str, dict[str, tuple[str, str]]] = {}
    for row in read_table("disposition_points.csv"):
        asked.setdefault(row["disposition"], {})[row["point"]] = (row["asks"], cited(row))
    return asked
