"""Statements that exclude each other: rows of `tables/opposites.csv`, each of one subject told in two ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import read_table, table_cache

_Key = tuple[int, Literal["says", "against"]]


def opposites_in(note: ParsedNote) -> Iterator[TwoWays]:
    rows, wording = _table()
    places: dict[_Key, list[Place]] = {}
    for key, match in wording.matches(note.text):
        places.setdefault(key, []).append(match.span())
    for number, row in enumerate(rows):
        says, against = places.get((number, "says")), places.get((number, "against"))
        if says and against:
            yield from _of_row(note, row, sorted(says), sorted(against))


def _of_row(note: ParsedNote, row: dict[str, str], says: list[Place], against: list[Place]) -> Iterator[TwoWays]:
    told = [[place for place in places if _is_told(note, place)] for places in (says, against)]
    if all(told):
        severity: Severity = "critical" if row["severity"] == "critical" else "warning"
        reason = f"Two statements on {row['subject']} exclude each other."
        yield TwoWays("statement", severity, told[0][0], told[1][0], reason, cited(row))


def _is_told(note: ParsedNote, place: Place) -> bool:
    """Whether it is said plainly, of the patient and today; a denial within the wording itself is no context of it."""
    return not note.context(*place) and not is_explained(note, place)


@table_cache
def _table() -> tuple[list[dict[str, str]], PatternSet[_Key]]:
    rows = read_table("opposites.csv")
    patterns: list[tuple[_Key, str]] = []
    for number, row in enumerate(rows):
        patterns += [((number, "says"), row["says"]), ((number, "against"), row["against"])]
    return rows, PatternSet(patterns)
