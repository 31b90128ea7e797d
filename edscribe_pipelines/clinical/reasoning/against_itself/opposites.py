"""Statements that exclude each other: rows of `tables/opposites.csv`, each of one subject told in two ways."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, places_of
from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import read_table, table_cache


def opposites_in(note: ParsedNote) -> Iterator[TwoWays]:
    for number, row in enumerate(_rows()):
        says = places_of(note, "says", str(number))
        if says and (against := places_of(note, "against", str(number))):
            yield from _of_row(note, row, says, against)


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
def _rows() -> list[dict[str, str]]:
    return read_table("opposites.csv")
