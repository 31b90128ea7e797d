"""Doses that follow one another too soon: rows of `tables/least_intervals.csv`, the shortest interval of a label.

Twice as often as the label blocks, at any age and whatever the amount; what is taken at home, which the note may tell
because it is too often, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.daily.most_of_day import is_prescribed
from edscribe_pipelines.clinical.medications.daily.taken import Taken, taken_in_a_day
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_HOURS = 24.0
_ROUNDING = 1.01
_SURELY = 2.0
"""Half of the shortest interval (judgement; needs pharmacist review)."""


class TooOften(NamedTuple):
    """What is taken more often than its `row` allows."""

    taken: Taken
    row: dict[str, str]
    blocks: bool


def taken_too_often(note: ParsedNote) -> Iterator[TooOften]:
    """Yield what is prescribed or ordered more often in a day than the shortest interval allows."""
    for taken in note.of(taken_in_a_day):
        row = least_intervals().get(taken.drug)
        if row is None or not (taken.status == "ed" or is_prescribed(taken)):
            continue
        times = taken.times * float(row["hours"]) / _HOURS
        if times > _ROUNDING:
            yield TooOften(taken, row, times >= _SURELY)


@table_cache
def least_intervals() -> dict[str, dict[str, str]]:
    """Return the row of the shortest interval by drug."""
    return {drug: row for row in read_table("least_intervals.csv") for drug in row["drugs"].split(";")}
