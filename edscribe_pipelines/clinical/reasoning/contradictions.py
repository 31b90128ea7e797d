"""Two dispositions that exclude each other, in a note or against the recorded one.

They are a row of `tables/disposition_conflicts.csv`; the severity there holds where both are plainly said, and the note
has no wording of `ended_by`. Nor does a patient go home with what the assessment calls by a name of `never_home.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.dispositions import HOME, disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import DISPOSITION, cited, place_finding
from edscribe_pipelines.clinical.reasoning.made_diagnoses import too_ill_for_home
from edscribe_pipelines.clinical.reasoning.statements import Statement, disposition_statements, named_dispositions
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity
from edscribe_pipelines.tables import read_table, table_cache

_STAYS_OR_GOES = {HOME, "ADMITTED", "TRANSFER", "EXPIRED", "ELOPED", "LEFT AGAINST MEDICAL ADVICE"}
_OPENS_WITH_HOME = re.compile(
    r"\W*(?:(?:ED[ ])?(?:dispo\w*|outcome|plan)\W+)*(?:[\w/]+[ ]){0,3}?(?P<home>home|d/?c'?e?d?|discharged?)\b", re.I
)
_HOME_AT_ALL = re.compile(r"\bhome\b", re.I)
_STAYS = re.compile(
    r"\b(?:admi\w+|transfer\w*|[MSCNP]?ICU|HDU|CCU|ward|unit|theatre|(?-i:OR)|suite|obs\w*|bed|inpatient|stays?|overnight|floor|"
    r"tele\w*|if|once|unless|pending|when)\b",
    re.I,
)
_NOT_FOR_CURE = re.compile(
    r"\b(?:hospice|comfort(?:[- ]care| measures|[- ]focused)|palliat\w+|end[- ]of[- ]life|AMA|"
    r"against (?:medical )?advice|hospital[- ]at[- ]home|virtual ward)\b",
    re.I,
)


def check_contradictions(note: ParsedNote, facts: Encounter | None) -> list[Finding]:
    """Return a finding for dispositions that exclude each other or the recorded one, at the later of the two."""
    said = note.of(_statements) if _may_conflict(note, facts) else []
    return [*_within(note, said), *_against_record(note, said, facts)] or list(_too_ill(note))


def _statements(note: ParsedNote) -> list[Statement]:
    """Return the statements, with the disposition section as one where it tells in other words that she goes home."""
    said = disposition_statements(note)
    if any(each.disposition == HOME and each.is_plain for each in said):
        return said
    span = next((span for span in note.spans if span.section == DISPOSITION), None)
    home = _OPENS_WITH_HOME.match(note.text, span.start, span.end) if span else None
    end = min(span.end, max(note.sentence_at(home.start("home")).end, home.end())) if span and home else 0
    if span and home and not _STAYS.search(note.text, span.start, end) and disposition_of(note) == HOME:
        said.append(Statement(HOME, True, DISPOSITION, home.start("home"), home.end()))
    return said


def _may_conflict(note: ParsedNote, facts: Encounter | None) -> bool:
    """Whether wording of two dispositions that exclude each other is there at all, which is asked in no time."""
    recorded = facts["disposition"] if facts else None
    named = named_dispositions(note) | ({recorded} if recorded else set())
    named |= {HOME} if _may_go_home(note) else set()
    return any(pair <= named for pair in _conflicts())


def _may_go_home(note: ParsedNote) -> bool:
    """Whether the note has any wording of it, which is asked in no time."""
    return HOME in named_dispositions(note) or _HOME_AT_ALL.search(note.sections.get(DISPOSITION, "")) is not None


def _within(note: ParsedNote, said: list[Statement]) -> Iterator[Finding]:
    reported: set[frozenset[str]] = set()
    for one, other in _pairs(said):
        pair = frozenset((one.disposition, other.disposition))
        if pair in _conflicts() and pair not in reported and not _has_ended(note, pair):
            reported.add(pair)
            yield _contradiction(note, pair, other, one.is_plain and other.is_plain, "Two dispositions are stated")


def _has_ended(note: ParsedNote, pair: frozenset[str]) -> bool:
    ended_by = _ends()[pair]
    return ended_by is not None and ended_by.search(note.text) is not None


def _too_ill(note: ParsedNote) -> Iterator[Finding]:
    ill = next(too_ill_for_home(note), None) if _may_go_home(note) else None
    if ill is None or _NOT_FOR_CURE.search(note.text):
        return
    plain = [each for each in note.of(_statements) if each.is_plain]
    if {each.disposition for each in plain} & _STAYS_OR_GOES == {HOME}:
        home = next(each for each in plain if each.disposition == HOME)
        diagnosis, citation = ill
        message = f"Nobody is discharged home with this diagnosis: {diagnosis}."
        yield place_finding(note, "disposition.contradiction", "critical", (home.start, home.end), message, citation)


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
def _ends() -> dict[frozenset[str], re.Pattern[str] | None]:
    rows = read_table("disposition_conflicts.csv")
    return {
        frozenset((row["one"], row["other"])): re.compile(row["ended_by"], re.I) if row["ended_by"] else None
        for row in rows
    }


@table_cache
def _conflicts() -> dict[frozenset[str], tuple[Severity, str]]:
    rows = read_table("disposition_conflicts.csv")
    return {frozenset((row["one"], row["other"])): (row["severity"], cited(row)) for row in rows}  # type: ignore[misc]
