"""Two dispositions that exclude each other, in a note or against the recorded one.

They are a row of `tables/disposition_conflicts.csv`; the severity there holds where both are plainly said.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import DISPOSITION, cited, place_finding
from edscribe_pipelines.clinical.reasoning.statements import Statement, disposition_statements, named_dispositions
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity
from edscribe_pipelines.tables import read_table, table_cache


def check_contradictions(note: ParsedNote, facts: Encounter | None) -> list[Finding]:
    """Return a finding for dispositions that exclude each other or the recorded one, at the later of the two."""
    said = disposition_statements(note) if _may_conflict(note, facts) else []
    return [*_within(note, said), *_against_record(note, said, facts)]


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
