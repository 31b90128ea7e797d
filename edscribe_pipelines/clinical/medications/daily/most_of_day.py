"""The most of a drug in a day: rows of `tables/daily_limits.csv`, and which day of a note is above it.

What is prescribed or ordered blocks above the row's factor of the most, and only where its least is above the most
itself: of "1 g q4-6h" it is not. What a patient takes at home, which the note may tell because it is too much, blocks
above twice the most in a list of medications, and never in the history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.contexts import Status
from edscribe_pipelines.clinical.medications.course import GivenDose, course_total, dose_that_exceeds
from edscribe_pipelines.clinical.medications.daily.parts import parts_of_a_day
from edscribe_pipelines.clinical.medications.daily.taken import Taken, taken_in_a_day
from edscribe_pipelines.clinical.medications.limits import is_above
from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_SETTINGS: dict[Status, str] = {"ed": "ordered", "discharge": "prescribed", "home": "taken"}
_FACTOR_AT_HOME = 2.0
"""Patients take more than they should, and what a specialist set is above the label now and then (judgement)."""
_LIST = "Medications"


class DailyLimit(NamedTuple):
    """`most` in a day, in `unit`; what is above `factor` times it blocks."""

    most: float
    unit: str
    factor: float
    settings: frozenset[str]
    row: dict[str, str]


class DailyExcess(NamedTuple):
    """What is above the most of a day: `amount` of it, in the unit of the limit, first said by `taken`."""

    taken: Taken
    amount: float
    limit: DailyLimit
    blocks: bool


def daily_excesses(note: ParsedNote) -> Iterator[DailyExcess]:
    """Yield what is above the most of a day, each drug of a section once for each of its settings."""
    days: dict[tuple[str, str | None, str], list[Taken]] = {}
    for taken in note.of(taken_in_a_day):
        setting = _setting(taken)
        limit = daily_limits().get(taken.drug)
        if setting and limit and setting in limit.settings and taken.unit == limit.unit:
            days.setdefault((taken.drug, taken.section, setting), []).append(taken)
    for (drug, section, setting), day in days.items():
        if excess := _excess(note, day, daily_limits()[drug], setting, section):
            yield excess


def _setting(taken: Taken) -> str | None:
    """Return where it is taken; what the disposition orders goes on beside what it prescribes."""
    ends_here = taken.status == "ed" and taken.section == "Disposition"
    return "prescribed" if ends_here or is_prescribed(taken) else _SETTINGS.get(taken.status)


def excess_of_given(given: Sequence[GivenDose]) -> DailyExcess | None:
    """Return what doses of one drug that were given here exceed together: an ED course is within a day. One dose alone
    is held to the limits of a single dose."""
    limit = daily_limits().get(given[0].mention.drug)
    same_unit = [dose for dose in given if limit and dose.unit == limit.unit]
    counted = [dose for dose in same_unit if dose.mention.per is None] or same_unit
    if limit is None or "ordered" not in limit.settings or not counted:
        return None
    total = course_total(counted)
    if not is_above(total, max(limit.most, max(dose.value for dose in counted))):
        return None
    dose = dose_that_exceeds(counted, limit.most).mention
    taken = Taken(dose.drug, total, total, limit.unit, "ed", None, False, dose.start, dose.end, 0)
    return DailyExcess(taken, total, limit, is_above(total, limit.factor * limit.most))


def is_prescribed(taken: Taken) -> bool:
    """Whether it is what the patient goes home with: also a regimen that the disposition gives."""
    return taken.status == "discharge" or (taken.status == "home" and taken.section == "Disposition")


def _excess(
    note: ParsedNote, day: list[Taken], limit: DailyLimit, setting: str, section: str | None
) -> DailyExcess | None:
    """Return what one of them, or all together, are above the limit by; what the note itself limits is not summed."""
    worst = max(day, key=lambda each: each.most)
    least, most = worst.least, worst.most
    if len(day) > 1 and setting != "taken" and not any(each.is_limited for each in day):
        parts = parts_of_a_day(note, day)
        least, most = sum(each.least for each in parts), sum(each.most for each in parts)
    if not is_above(most, limit.most):
        return None
    factor = max(limit.factor, _FACTOR_AT_HOME) if setting == "taken" else limit.factor
    may_block = setting != "taken" or section == _LIST
    blocks = may_block and is_above(most, factor * limit.most) and is_above(least, limit.most)
    return DailyExcess(worst, most, limit, blocks)


@table_cache
def daily_limits() -> dict[str, DailyLimit]:
    """Return the most of a day by drug."""
    return {row["drug"]: _limit(row) for row in read_table("daily_limits.csv")}


def _limit(row: dict[str, str]) -> DailyLimit:
    quantity = in_base(float(row["daily"]), row["unit"])
    return DailyLimit(quantity.value, quantity.unit, float(row["factor"]), frozenset(row["settings"].split(";")), row)
