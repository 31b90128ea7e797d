"""The limits of doses: rows of `tables/dose_limits.csv`, by drug, in the units in which quantities are compared.

A row blocks a note only if a pharmacist could point at the page: a verified maximum of a label, a society or a
government (tier A) or of a peer-reviewed paper (tier B), or a limit that the physician of the project's plan set.
Every other row warns, whatever severity its source gave it, and awaits a pharmacist's signature.

`bound` says whether the source gives a maximum or the usual dose; of a row with a maximum, `usual_figures` are usual
all the same. `no_limit` is what an indication sets free. A row that is not `checked` says in its note why.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.tables import read_table, table_cache

Kind = Literal["single", "total", "rate"]

ANY_DOSED_IN_MG = "(any dosed in mg)"
LIKELY_HEAVIEST_KG = 130.0
"""Without a stated weight a dose per kg is held to that of a patient heavier than 19 of 20 men (judgement)."""
LIKELY_LIGHTEST_KG = 40.0
"""Without a stated weight a dose said per kg is held to a limit in mg as that of a light adult (judgement)."""
ROUNDING = 1.1
"""A dose calculated by weight is given as the syringe allows: up to a tenth more is rounding (judgement)."""

_ROUNDING_OF_FLOATS = 1 + 1e-9

LEAST_SHARE = 1 / 500
"""A dose under this share of the widest limit of its route is likely a thousandth of what was given (judgement): the
smallest doses in use, push-dose epinephrine and titrated naloxone, are several times larger."""


class Figure(NamedTuple):
    """One limit of a row. `said` is the figure as the row has it."""

    kind: Kind
    value: float
    per_kg: bool
    blocks: bool
    said: str


@dataclass(frozen=True)
class DoseLimit:
    """One `row`. `no_limit` names what it sets free where its indication holds: a total, a rate."""

    drug: str
    routes: frozenset[str]
    indication: str
    unit: str
    figures: tuple[Figure, ...]
    cap: float
    no_limit: frozenset[Kind]
    plan: bool
    row: dict[str, str]

    def ceilings(self, kind: Kind, per_kg: bool, weight_kg: float | None) -> Iterator[tuple[float, Figure]]:
        """Yield what an amount of `kind`, said per kg or not, is held to; infinite where the row sets it free."""
        if kind in self.no_limit:
            yield math.inf, Figure(kind, math.inf, False, False, "")
        for figure in self.figures:
            if figure.kind == kind:
                yield self._ceiling(figure, per_kg, weight_kg), figure

    def _ceiling(self, figure: Figure, per_kg: bool, weight_kg: float | None) -> float:
        if figure.per_kg == per_kg:
            return figure.value
        if per_kg:
            return figure.value / (weight_kg or LIKELY_LIGHTEST_KG)
        return min(figure.value * (weight_kg * ROUNDING if weight_kg else LIKELY_HEAVIEST_KG), self.cap)


@lru_cache(maxsize=1024)
def is_above(value: float, ceiling: float) -> bool:
    """Whether more than the error of sums of fractions lies between."""
    return value > ceiling * _ROUNDING_OF_FLOATS


@table_cache
def dose_limits() -> dict[str, tuple[DoseLimit, ...]]:
    """Return the limits that can be checked, by drug."""
    limits: dict[str, list[DoseLimit]] = {}
    for row in read_table("dose_limits.csv"):
        if row["checked"] == "yes":
            limits.setdefault(row["drug"], []).append(_limit(row))
    return {drug: tuple(rows) for drug, rows in limits.items()}


def indications_of_limits(drug: str) -> frozenset[str]:
    """Return the indications that the drug has limits for."""
    return _indications().get(drug, frozenset())


def limits_of(drug: str, kind: Kind) -> tuple[DoseLimit, ...]:
    """Return the limits of a drug that say something about its single doses, totals or rates."""
    return _limits_by_kind().get((drug, kind), ())


@table_cache
def drugs_dosed_in_mg() -> frozenset[str]:
    """Return the drugs of which every row is in mg or g: an amount in mcg is not how they are written."""
    units: dict[str, set[str]] = {}
    for row in read_table("dose_limits.csv"):
        units.setdefault(row["drug"], set()).add(row["unit"])
    return frozenset(drug for drug, written in units.items() if written <= {"mg", "g"})


def blocks(row: dict[str, str]) -> bool:
    """Whether a dose above the row's maximum is critical."""
    sourced = row["status"] == "verified" and row["tier"] in ("A", "B") and row["bound"] == "maximum"
    return row["checked"] == "yes" and (sourced or row["plan"] == "yes")


@table_cache
def _indications() -> dict[str, frozenset[str]]:
    return {drug: frozenset(limit.indication for limit in limits) for drug, limits in dose_limits().items()}


@table_cache
def _limits_by_kind() -> dict[tuple[str, Kind], tuple[DoseLimit, ...]]:
    by_kind: dict[tuple[str, Kind], list[DoseLimit]] = {}
    for drug, limits in dose_limits().items():
        for limit in limits:
            for kind in {*(figure.kind for figure in limit.figures), *limit.no_limit}:
                by_kind.setdefault((drug, kind), []).append(limit)
    return {key: tuple(limits) for key, limits in by_kind.items()}


def _limit(row: dict[str, str]) -> DoseLimit:
    return DoseLimit(
        drug=row["drug"],
        routes=frozenset(row["route"].split(";")),
        indication=row["indication"],
        unit=in_base(0, row["unit"]).unit,
        figures=tuple(_figures(row)),
        cap=in_base(float(row["per_kg_cap"] or "inf"), row["unit"]).value,
        no_limit=frozenset(kind for kind in get_args(Kind) if kind in row["no_limit"].split(";")),
        plan=row["plan"] == "yes",
        row=row,
    )


def _figures(row: dict[str, str]) -> Iterator[Figure]:
    time = row["rate_time"]
    of_a_dose: Kind = "rate" if time else "single"
    columns: tuple[tuple[str, Kind, str], ...] = (
        ("single", "single", ""),
        ("per_kg", of_a_dose, f"kg/{time}" if time else "kg"),
        ("total", "total", ""),
        ("total_per_kg", "total", "kg"),
        ("rate", "rate", time),
    )
    for column, kind, per in columns:
        if row[column]:
            quantity = in_base(float(row[column]), row["unit"], per)
            sourced = blocks(row) and column not in row["usual_figures"].split(";")
            said = f"{float(row[column]):g} {row['unit']}" + (f"/{per}" if per else "")
            yield Figure(kind, quantity.value, quantity.per_kg, sourced, said)
