"""Doses of children, held to `tables/child_doses.csv` by weight, and to what no adult would be given.

A dose of more than twice the most per kg blocks: tenfold errors and adult doses are far beyond it, rounding is not; a
third above it warns. Without a stated weight a child counts as heavier than nearly all of its age. A nebulized or
rectal dose is judged where its drug has a row for the route; one of the skin and one that is withheld, elsewhere or
long ago is not. What comes to too much in a day, and volumes of fluid, are held to the weight, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.daily.of_a_child import ChildExcess, daily_excesses_of_child
from edscribe_pipelines.clinical.medications.doses import check_doses
from edscribe_pipelines.clinical.medications.fluids import FluidExcess, fluid_excesses_of_child
from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import child_weight_kg
from edscribe_pipelines.clinical.records import Encounter, Finding
from edscribe_pipelines.tables import read_table, table_cache

_FACTOR = 2.0
"""A tenfold error and an adult's dose for a small child are beyond it (judgement; needs pharmacist review)."""
_LIKELY = 1.34
"""What rounding to a spoon, a tablet or a suppository does not explain (judgement; needs pharmacist review)."""
_FOR_A_DAY = re.compile(r"kg[ \t]?(?:/|per|a)[ \t]?(?:day|d|24)\b|\b(?:daily|total) dose\b", re.I)
_BEHIND = 8
"""Characters behind a dose per kg in which it is said to be that of a day."""
_JUDGED = ("ed", "discharge")
_ONLY_BY_ROW = {"NEB", "PR"}
_NOT_BY_WEIGHT = {"INFUSION", "TOPICAL"}
_ANY_ROUTE = "any"
_GROSS = (".gross", ".single", ".route", ".unit", ".weight", ".day", ".often")


class ChildDose(NamedTuple):
    """The most of a single dose per kg and in all, in mg or units."""

    routes: frozenset[str]
    unit: str
    per_kg: float
    most: float
    said: str
    citation: str


def check_child_doses(note: ParsedNote, facts: Encounter | None, age_years: float) -> list[Finding]:
    """Return a finding for each dose and day above what a child of the weight, or any adult, is given.

    Of the rules for adults only those of gross errors hold: what is far too much for every adult is so for a child.
    """
    gross = [finding for finding in check_doses(note, facts) if _is_gross(finding)]
    taken = {finding["start"] for finding in gross}
    confirmed = {dose["name"] for dose in facts["confirmed_doses"]} if facts else set()
    weight = note.of(child_weight_kg)
    by_weight = [
        finding
        for dose in note.of(dose_mentions)
        if _is_judged(note, dose) and dose.start not in taken and dose.drug not in confirmed
        if not _FOR_A_DAY.search(note.text, dose.start, dose.end + _BEHIND)
        for finding in _above(dose, weight, age_years)
    ]
    taken |= {finding["start"] for finding in by_weight if finding["severity"] == "critical"}
    by_day = [
        _of_day(excess)
        for excess in daily_excesses_of_child(note, weight or _heaviest_kg(age_years))
        if excess.start not in taken and excess.drug not in confirmed
    ]
    volumes = [_of_volume(excess) for excess in fluid_excesses_of_child(note, weight or _heaviest_kg(age_years))]
    return sorted([*gross, *by_weight, *by_day, *volumes], key=lambda finding: finding["start"] or 0)


def _is_judged(note: ParsedNote, dose: DoseMention) -> bool:
    return dose.status in _JUDGED or (dose.status == "home" and note.section_at(dose.start) == "Disposition")


def _is_gross(finding: Finding) -> bool:
    """Whether a finding about an adult's dose holds for a child: it blocks, by no limit for the weight of adults."""
    return finding["severity"] == "critical" and finding["rule"].endswith(_GROSS) and "/kg" not in finding["message"]


def _above(dose: DoseMention, weight_kg: float | None, age_years: float) -> Iterator[Finding]:
    limit = _limit_of(dose)
    amount = (dose if limit and limit.unit == dose.unit else dose.in_mass()).quantity
    if limit is None or amount.unit != limit.unit or dose.per not in (None, "kg"):
        return
    ceiling = limit.per_kg if amount.per_kg else min(limit.per_kg * (weight_kg or _heaviest_kg(age_years)), limit.most)
    blocks = amount.value > _FACTOR * ceiling
    is_exact = amount.per_kg or weight_kg is not None
    warns = amount.value > _LIKELY * ceiling and is_exact and dose.route not in _ONLY_BY_ROW
    if blocks or warns:
        at = f"at {weight_kg:g} kg" if weight_kg else "at any weight of that age"
        times = f"{_FACTOR:g} times " if blocks else ""
        said = f"dose of a child more than {times}{limit.said}" + ("" if amount.per_kg else f" {at}")
        yield _finding(dose.drug, (dose.start, dose.end), said, limit.citation, "child", blocks)


def _of_day(excess: ChildExcess) -> Finding:
    row = excess.day.row
    said = f"a child's day comes to more than {row['per_kg']} {row['unit']}/kg or {row['most']} {row['unit']}"
    citation = f"{row['source']} ({row['year']})"
    return _finding(excess.drug, (excess.start, excess.end), said, citation, "child_day", excess.blocks)


def _of_volume(excess: FluidExcess) -> Finding:
    row = excess.row
    said = f"volume of a child above {row['most']} mL/kg"
    return _finding(
        "fluid", (excess.start, excess.end), said, f"{row['source']} ({row['year']})", "child", excess.blocks
    )


def _finding(drug: str, place: tuple[int, int], said: str, citation: str, kind: str, blocks: bool) -> Finding:
    return Finding(
        rule=f"dose.{drug.replace(' ', '_')}.{kind}",
        severity="critical" if blocks else "warning",
        section=None,
        start=place[0],
        end=place[1],
        message=f"{drug.capitalize()}: {said}.",
        citation=citation,
    )


def _heaviest_kg(age_years: float) -> float:
    """Return a weight above the 97th percentile of nearly every age (WHO and CDC growth charts, by judgement)."""
    return 7 + 5 * age_years if age_years < 1 else 9 + 4.2 * age_years


def _limit_of(dose: DoseMention) -> ChildDose | None:
    if dose.route in _NOT_BY_WEIGHT:
        return None
    limits = child_doses().get(dose.drug, ())
    if dose.route in _ONLY_BY_ROW:
        return next((each for each in limits if dose.route in each.routes), None)
    return next((each for each in limits if dose.route in each.routes), None) or next(
        (each for each in limits if _ANY_ROUTE in each.routes), None
    )


@table_cache
def child_doses() -> dict[str, tuple[ChildDose, ...]]:
    """Return the limits by drug."""
    limits: dict[str, list[ChildDose]] = {}
    for row in read_table("child_doses.csv"):
        per_kg, most = (in_base(float(row[column]), row["unit"]) for column in ("per_kg", "most"))
        said = f"{float(row['per_kg']):g} {row['unit']}/kg, the most of a single dose"
        citation = f"{row['source']} ({row['year']})"
        routes = frozenset(row["routes"].split(";"))
        limits.setdefault(row["drug"], []).append(
            ChildDose(routes, per_kg.unit, per_kg.value, most.value, said, citation)
        )
    return {drug: tuple(rows) for drug, rows in limits.items()}
