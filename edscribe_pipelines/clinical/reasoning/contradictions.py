"""What a note decides twice, and differently.

Two dispositions that exclude each other are a row of `tables/disposition_conflicts.csv`; the severity there holds
where both are plainly said. A diagnosis that is ruled out in one sentence and made in another is a warning: a
later result may have changed the physician's mind.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.addressed import expected_diagnoses
from edscribe_pipelines.clinical.reasoning.findings import (
    DECISION_MAKING,
    DISPOSITION,
    cited,
    place_finding,
)
from edscribe_pipelines.clinical.reasoning.statements import Statement, disposition_statements, named_dispositions
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, last_before, places_of
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity
from edscribe_pipelines.tables import read_table, table_cache

_NOT_MADE = {"negated", "uncertain", "hypothetical", "historical", "family", "planned"}
_CITATION = "The project's rule: a note does not contradict itself"


def check_contradictions(note: ParsedNote, facts: Encounter | None) -> list[Finding]:
    """Return a finding for dispositions that exclude each other or the recorded one, at the later of the two,
    and one for a diagnosis both ruled out and made."""
    said = disposition_statements(note) if _may_conflict(note, facts) else []
    return [*_within(note, said), *_against_record(note, said, facts), *_diagnoses(note, facts)]


def _may_conflict(note: ParsedNote, facts: Encounter | None) -> bool:
    """Whether wording of two dispositions that exclude each other is there at all, which is asked in no time."""
    recorded = facts["disposition"] if facts else None
    named = named_dispositions(note) | ({recorded} if recorded else set())
    return any(pair <= named for pair in _conflicts())


def _within(note: ParsedNote, said: list[Statement]) -> Iterator[Finding]:
    reported: set[frozenset[str]] = set()
    for one, other in _pairs(said):
        pair = frozenset((one.disposition, other.disposition))
        if pair in _conflicts() and pair not in reported:
            reported.add(pair)
            yield _contradiction(note, pair, other, one.is_plain and other.is_plain, "Two dispositions are stated")


def _pairs(said: list[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Yield pairs of the first statements of each kind, those of two plain ones first."""
    firsts = list({(each.disposition, each.is_plain): each for each in reversed(said)}.values())[::-1]
    pairs = [(one, other) for place, other in enumerate(firsts) for one in firsts[:place]]
    yield from sorted(pairs, key=lambda pair: not (pair[0].is_plain and pair[1].is_plain))


def _against_record(note: ParsedNote, said: list[Statement], facts: Encounter | None) -> Iterator[Finding]:
    recorded = facts["disposition"] if facts else None
    final = [statement for statement in said if statement.section == DISPOSITION] or said
    if recorded is None or any(statement.disposition == recorded for statement in final):
        return
    for statement in final:
        pair = frozenset((recorded, statement.disposition))
        if pair in _conflicts():
            yield _contradiction(note, pair, statement, statement.is_plain, "The recorded disposition is another")
            return


def _contradiction(note: ParsedNote, pair: frozenset[str], said: Statement, both_plain: bool, problem: str) -> Finding:
    severity, citation = _conflicts()[pair]
    return place_finding(
        note,
        "disposition.contradiction",
        severity if both_plain else "warning",
        (said.start, said.end),
        f"{problem}: {' and '.join(sorted(pair)).lower()}.",
        citation,
    )


@table_cache
def _conflicts() -> dict[frozenset[str], tuple[Severity, str]]:
    rows = read_table("disposition_conflicts.csv")
    return {frozenset((row["one"], row["other"])): (row["severity"], cited(row)) for row in rows}  # type: ignore[misc]


def _diagnoses(note: ParsedNote, facts: Encounter | None) -> Iterator[Finding]:
    if not any(_is_decided(note, place) for place in places_of(note, "reasoning", "final diagnosis")):
        return
    expected = {each.diagnosis: each for _, some in expected_diagnoses(note, facts) for each in some}
    for diagnosis in expected.values():
        names = [name for name in diagnosis.synonyms if _is_name_of(name, diagnosis.diagnosis)]
        named = [place for name in names for place in places_of(note, "diagnosis", name) if _is_decided(note, place)]
        made = [place for place in named if _is_made(note, place)]
        if made and any(_is_ruled_out(note, place) for place in named):
            message = f"Both ruled out and made: {diagnosis.diagnosis}."
            yield place_finding(note, "decision_making.contradiction", "warning", made[0], message, _CITATION)


@lru_cache(maxsize=4096)
def _is_name_of(name: str, diagnosis: str) -> bool:
    """Whether `name` is the diagnosis itself or its initials, not a kind of it: no SDH may be yet another bleed."""
    return name in diagnosis.split("/") or name == "".join(word[0] for word in diagnosis.split()).upper()


def _is_decided(note: ParsedNote, place: Place) -> bool:
    return note.section_at(place[0]) in (DECISION_MAKING, DISPOSITION)


def _is_made(note: ParsedNote, place: Place) -> bool:
    is_labelled = last_before(note, place, "reasoning", "final diagnosis") >= note.sentence_at(place[0]).start
    return is_labelled and not note.context(*place) & _NOT_MADE


def _is_ruled_out(note: ParsedNote, place: Place) -> bool:
    context = note.context(*place)
    return "negated" in context and not context & {"historical", "family", "hypothetical", "planned"}
