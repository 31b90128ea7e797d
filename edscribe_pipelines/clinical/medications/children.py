"""Doses of children by weight: rows of `tables/child_doses.csv`, the largest of one dose and of a day, per kg.

What is above the row's factor of it blocks, less warns above a rounding. The limits of adults hold for no child; of
their gross errors nothing is missed here, as a child weighs less.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.daily.taken import Taken, taken_in_a_day
from edscribe_pipelines.clinical.medications.limits import in_base
from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import child_weight_kg
from edscribe_pipelines.tables import read_table, table_cache

_ROUNDING = 1.3
"""A child's dose is rounded to what a spoon or a syringe holds (judgement)."""
_STATUSES = {"ed", "elsewhere", "discharge", "home"}


class ChildExcess(NamedTuple):
    """A dose, or a day of them, as a multiple `factor` of the most of `row` by the child's weight."""

    said: DoseMention | Taken
    column: str
    factor: float
    row: dict[str, str]

    @property
    def blocks(self) -> bool:
        return self.factor > float(self.row["factor"])


def child_excesses(note: ParsedNote) -> Iterator[ChildExcess]:
    """Yield the doses, then the days, that are above the most of a row for a child of the weight of the note."""
    weight = note.of(child_weight_kg)
    if weight is None:
        return
    for dose in note.of(dose_mentions):
        row = _rows().get(dose.drug)
        if row and dose.status in _STATUSES and not dose.is_rate and not dose.is_total:
            amount = dose.in_mass().quantity
            share = amount.value if amount.per_kg else amount.value / weight
            yield from _above(dose, "per_kg", share, amount.unit, row)
    for taken in note.of(taken_in_a_day):
        row = _rows().get(taken.drug)
        if row and taken.status in _STATUSES and row["daily_per_kg"]:
            yield from _above(taken, "daily_per_kg", taken.most / weight, taken.unit, row)


def _above(
    said: DoseMention | Taken, column: str, share: float, unit: str, row: dict[str, str]
) -> Iterator[ChildExcess]:
    most = in_base(float(row[column]), row["unit"])
    if most.unit == unit and share > _ROUNDING * most.value:
        yield ChildExcess(said, column, share / most.value, row)


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["drug"]: row for row in read_table("child_doses.csv")}
