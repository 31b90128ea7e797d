"""What comes to too much in a child's day: rows of `tables/child_days.csv`, by weight.

Prescriptions add up as those of adults do, and so do the doses given here: an ED course is within a day. An amount told
for the whole day ("90 mg/kg/day divided BID") is held to the same rows. Without a stated weight a child counts as heavy
for its age.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.course import course_total, given_dose
from edscribe_pipelines.clinical.medications.daily.most_of_day import is_prescribed
from edscribe_pipelines.clinical.medications.daily.parts import parts_of_a_day
from edscribe_pipelines.clinical.medications.daily.taken import Taken, taken_in_a_day
from edscribe_pipelines.clinical.medications.limits import ROUNDING, is_above
from edscribe_pipelines.clinical.medications.mentions import ed_doses
from edscribe_pipelines.clinical.medications.names import drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_REACH = 80
_PER_DAY = re.compile(
    r"(?:(?P<low>\d{1,4}(?:\.\d)?)[ \t]?(?:-|–|to)[ \t]?)?(?P<high>\d{1,4}(?:\.\d)?)[ \t]?mg"
    r"[ \t]?(?:/|per)[ \t]?kg[ \t]?(?:/|per|a)[ \t]?(?:day|d|24[ \t]?h)\b",
    re.I,
)


class ChildDay(NamedTuple):
    """The most of a day, in mg per kg and in all; what is above `factor` times it blocks."""

    per_kg: float
    most: float
    factor: float
    row: dict[str, str]


class ChildExcess(NamedTuple):
    """text[start:end] first says what of `drug` comes to more than the most of a day."""

    drug: str
    start: int
    end: int
    day: ChildDay
    blocks: bool


def daily_excesses_of_child(note: ParsedNote, weight_kg: float) -> Iterator[ChildExcess]:
    """Yield what is above the most of a day at this weight, each drug once for what is given and what is taken."""
    days: dict[tuple[str, str | None], list[Taken]] = {}
    for taken in note.of(taken_in_a_day):
        if taken.drug in child_days() and (taken.status == "ed" or is_prescribed(taken)):
            days.setdefault((taken.drug, taken.section), []).append(taken)
    for (drug, _), day in days.items():
        if excess := _of_day(note, drug, day, weight_kg):
            yield excess
    yield from _of_course(note, weight_kg)
    yield from _told_for_a_day(note)


def _of_day(note: ParsedNote, drug: str, day: Sequence[Taken], weight_kg: float) -> ChildExcess | None:
    limit = child_days()[drug]
    parts = [max(day, key=lambda each: each.most)]
    if not any(each.is_limited for each in day):
        parts = parts_of_a_day(note, day)
    factors = [weight_kg if each.unit.endswith("/kg") else 1.0 for each in parts]
    least, most = (
        sum(amount * factor for amount, factor in zip(amounts, factors, strict=True))
        for amounts in ((each.least for each in parts), (each.most for each in parts))
    )
    ceiling = min(limit.per_kg * weight_kg, limit.most)
    if not is_above(most, ROUNDING * ceiling):
        return None
    blocks = is_above(least, ceiling) and is_above(most, limit.factor * ceiling)
    return ChildExcess(drug, day[0].start, day[0].end, limit, blocks)


def _of_course(note: ParsedNote, weight_kg: float) -> Iterator[ChildExcess]:
    """Yield what several doses given here come to; one alone is held to the limits of a single dose."""
    for drug, limit in child_days().items():
        doses = [dose.in_mass() for dose in ed_doses(note) if dose.drug == drug and not dose.is_rate]
        given = [each for dose in doses if (each := given_dose(note, dose, weight_kg)) and each.unit == "mg"]
        amounts = [each for each in given if each.mention.per is None] or given
        if sum(each.mention.times for each in amounts) < 2:
            continue
        total, ceiling = course_total(amounts), min(limit.per_kg * weight_kg, limit.most)
        if is_above(total, ROUNDING * ceiling):
            last = amounts[-1].mention
            yield ChildExcess(drug, last.start, last.end, limit, is_above(total, limit.factor * ceiling))


def _told_for_a_day(note: ParsedNote) -> Iterator[ChildExcess]:
    """Yield the amounts per kg and day, of the drug before them, above its row."""
    for said in _PER_DAY.finditer(note.text) if "kg" in note.text else ():
        before = [each for each in note.of(drug_mentions) if 0 <= said.start() - each.end <= _REACH]
        limit = child_days().get(before[-1].drug) if before else None
        if limit and is_above(float(said["high"]), limit.per_kg):
            least = float(said["low"] or said["high"])
            blocks = is_above(least, limit.factor * limit.per_kg)
            yield ChildExcess(before[-1].drug, before[-1].start, said.end(), limit, blocks)


@table_cache
def child_days() -> dict[str, ChildDay]:
    """Return the most of a day by drug."""
    return {
        row["drug"]: ChildDay(float(row["per_kg"]), float(row["most"]), float(row["factor"]), row)
        for row in read_table("child_days.csv")
    }
