"""What a dose exceeds: the limit of its indication, else the general one, else the widest; and gross errors.

Limits of one drug and route form groups, one an indication. A dose that stays within the group of an indication of the
note is right for it. A dose above every row of every group is wrong whatever it was for. An unstated route is held to
the widest limit of the routes that it may stand for.

A gross error blocks whatever the status of the rows: `tables/gross_doses.csv` has the factor by class. It multiplies
the widest limit of any use of the drug by its routes, so that a true extreme without its reason is asked for and does
not block. Of a few drugs it multiplies the limit of the reasons that the note gives. An indication of the note that
sets the amount free sets it free here, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.indications import Indications, Patient, conditional_indications
from edscribe_pipelines.clinical.medications.limits import (
    ANY_DOSED_IN_MG,
    LEAST_SHARE,
    DoseLimit,
    Figure,
    Kind,
    dose_limits,
    drugs_dosed_in_mg,
    is_above,
    limits_of,
)
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.medications.quantities import Quantity
from edscribe_pipelines.clinical.medications.routes import rate_routes, routes_held_to
from edscribe_pipelines.tables import read_table, table_cache

_SMALL_UNITS = ("mcg", "mg")
_INJECTED = frozenset({"IV", "IM", "SC", "IO"})
"""Where a drug has no limit by one of these, what is far above every limit by the others is so by it."""


class Excess(NamedTuple):
    """A figure of a limit that a quantity is above; `ceiling` is what the figure comes to for this patient, `gross` the
    row whose factor it is above every limit of the drug."""

    limit: DoseLimit
    ceiling: float
    figure: Figure
    quantity: Quantity
    gross: dict[str, str] | None = None

    @property
    def blocks(self) -> bool:
        return self.figure.blocks or self.gross is not None

    @property
    def gravity(self) -> tuple[bool, bool, bool, float]:
        return self.blocks, self.limit.plan, not self.figure.per_kg, self.ceiling


def excess_of(dose: DoseMention, patient: Patient) -> Excess | None:
    """Return the gravest limit that the dose exceeds; a sum of doses exceeds none of a single dose."""
    if dose.is_total:
        return None
    if dose.is_rate:
        return _excess("rate", dose, dose.quantity, rate_routes(dose), patient)
    too_fast = _excess_of_speed(dose, patient)
    if too_fast and too_fast.blocks:
        return too_fast
    found = [_excess("single", dose, dose.quantity, routes, patient) for routes in routes_held_to(dose)]
    least = min((excess for excess in found if excess), key=lambda excess: excess.gravity, default=None)
    by_amount = least if all(found) else None
    return by_amount if by_amount and by_amount.blocks else _excess_as_written(dose) or by_amount or too_fast


def _excess_of_speed(dose: DoseMention, patient: Patient) -> Excess | None:
    """Return what a dose exceeds by the time that it took. Rates of a vein alone are those of a dose: an infusion's
    are those of a drip."""
    if dose.over_h is None:
        return None
    speed = dose.quantity._replace(value=dose.quantity.value / dose.over_h)
    excess = _excess("rate", dose, speed, frozenset({"IV"}), patient)
    return excess._replace(quantity=dose.quantity) if excess else None


def gravest_excess(kind: Kind, held: Iterable[tuple[DoseLimit, Quantity]], patient: Patient) -> Excess | None:
    """Return the gravest figure that the quantity which counts under its limit exceeds, of the limits that govern.

    The limits are of one drug and say something about `kind`.
    """
    groups: dict[str, list[list[Excess]]] = {}
    for limit, quantity in held:
        if quantity.unit == limit.unit and limit.indication not in patient.indications.excluded:
            held_to = limit.ceilings(kind, quantity.per_kg, patient.weight_kg)
            above = [Excess(limit, *held, quantity) for held in held_to if is_above(quantity.value, held[0])]
            groups.setdefault(limit.indication, []).append(above)
    if not any(any(rows) for rows in groups.values()):
        return None
    exceeded = [excess for rows in _governing(groups, patient.indications) for row in rows for excess in row]
    return max(exceeded, key=lambda excess: excess.gravity, default=None)


def _governing(groups: dict[str, list[list[Excess]]], indications: Indications) -> list[list[list[Excess]]]:
    """Return the groups whose rows govern; a group has what is exceeded of each of its rows."""
    if any(not any(groups[each]) for each in (indications.stated | indications.considered) & groups.keys()):
        return []
    if all(all(rows) for rows in groups.values()):
        return list(groups.values())
    return [groups[each] for each in ("any", *sorted(indications.stated)) if each in groups]


def _excess(
    kind: Kind, dose: DoseMention, quantity: Quantity, routes: frozenset[str], patient: Patient
) -> Excess | None:
    limits = [limit for limit in limits_of(dose.drug, kind) if limit.routes & routes]
    is_of_others = not limits and bool(routes & _INJECTED)
    if is_of_others:
        limits = [limit for limit in limits_of(dose.drug, kind) if limit.routes & _INJECTED]
    if kind == "rate" and quantity.per_kg and patient.weight_kg is None:
        limits = _said_per_kg(limits)
    excess = gravest_excess(kind, ((limit, quantity) for limit in limits), patient)
    gross = _gross_row(kind, dose.drug, quantity, limits, patient) if excess else None
    return excess._replace(gross=gross) if excess and (gross or not is_of_others) else None


def _excess_as_written(dose: DoseMention) -> Excess | None:
    if dose.unit != "mcg" or dose.drug not in drugs_dosed_in_mg():
        return None
    for limit in dose_limits().get(ANY_DOSED_IN_MG, ()):
        for figure in limit.figures:
            if dose.quantity.value > figure.value:
                return Excess(limit, figure.value, figure, dose.quantity)
    return None


def _gross_row(
    kind: Kind, drug: str, quantity: Quantity, limits: Iterable[DoseLimit], patient: Patient
) -> dict[str, str] | None:
    """Return the row by whose factor the quantity is above the widest of `limits`, None where it is not."""
    row = _gross_rows().get((kind, drug)) or _gross_rows().get((kind, ""))
    said = {"any"} | patient.indications.stated | patient.indications.considered
    same_unit = [limit for limit in limits if limit.unit == quantity.unit]
    if row is None or any(kind in limit.no_limit and limit.indication in said for limit in same_unit):
        return None
    held_to = _said_per_kg(same_unit) if kind == "rate" and quantity.per_kg else same_unit
    widest = _widest(kind, held_to, quantity.per_kg, patient.weight_kg)
    if widest and is_above(quantity.value, float(row["factor"]) * widest):
        return row
    return _gross_row_of_reason(kind, drug, quantity, same_unit, patient) or _gross_row_without_reason(
        kind, drug, quantity, same_unit, patient
    )


def _said_per_kg(limits: Sequence[DoseLimit]) -> list[DoseLimit]:
    """Return the limits of a rate per kg: of an indication that has some told per kg, those alone."""
    per_kg = {limit.indication for limit in limits if _is_per_kg(limit)}
    return [limit for limit in limits if limit.indication not in per_kg or _is_per_kg(limit)]


def _is_per_kg(limit: DoseLimit) -> bool:
    return any(figure.kind == "rate" and figure.per_kg for figure in limit.figures)


def _gross_row_of_reason(
    kind: Kind, drug: str, quantity: Quantity, limits: Iterable[DoseLimit], patient: Patient
) -> dict[str, str] | None:
    """Return the row by whose factor the dose is above what the reasons of the note allow, of a drug whose dose for
    one reason kills in another: tenecteplase of an infarction in a stroke."""
    row = _gross_rows().get((f"{kind} for its reason", drug))
    if row is None:
        return None
    worded = patient.indications.stated - conditional_indications()
    named = [limit for limit in limits if limit.indication in worded | patient.indications.considered]
    if not any(limit.indication in worded for limit in named):
        return None
    ceilings = [
        min(ceiling for ceiling, _ in limit.ceilings(kind, quantity.per_kg, patient.weight_kg)) for limit in named
    ]
    return row if is_above(quantity.value, float(row["factor"]) * max(ceilings)) else None


def _gross_row_without_reason(
    kind: Kind, drug: str, quantity: Quantity, limits: Iterable[DoseLimit], patient: Patient
) -> dict[str, str] | None:
    """Return the row by whose factor the dose is above the widest limit, those of reasons that the note does not give
    left out: epinephrine of an arrest pushed where there is a pulse."""
    row = _gross_rows().get((f"{kind} without its reason", drug))
    if row is None:
        return None
    said = {"any"} | patient.indications.stated | patient.indications.considered
    given = [limit for limit in limits if limit.indication in said]
    widest = _widest(kind, given, quantity.per_kg, patient.weight_kg)
    return row if widest and is_above(quantity.value, float(row["factor"]) * widest) else None


def is_unread(dose: DoseMention) -> bool:
    """Whether the dose is a volume of unknown strength of a drug that has limits, none of them in mL."""
    limits = dose_limits().get(dose.drug, ())
    return dose.unit == "mL" and bool(limits) and all(limit.unit != "mL" for limit in limits)


def is_likely_thousandth(dose: DoseMention) -> bool:
    """Whether the dose is so far under every limit of its routes that its unit must be wrong."""
    if dose.unit not in _SMALL_UNITS or dose.is_rate:
        return False
    routes = frozenset[str]().union(*routes_held_to(dose))
    of_route = (limit for limit in limits_of(dose.drug, "single") if limit.routes & routes)
    same_unit = [limit for limit in of_route if limit.unit == dose.quantity.unit]
    return dose.quantity.value < LEAST_SHARE * _widest("single", same_unit, dose.quantity.per_kg, None)


def _widest(kind: Kind, limits: Iterable[DoseLimit], per_kg: bool, weight_kg: float | None) -> float:
    """Return the widest of the limits, each its narrowest finite ceiling, 0 where there is none."""
    ceilings = ([ceiling for ceiling, _ in limit.ceilings(kind, per_kg, weight_kg)] for limit in limits)
    return max((min(filter(math.isfinite, each), default=0.0) for each in ceilings), default=0.0)


@table_cache
def _gross_rows() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["kind"], drug): row for row in read_table("gross_doses.csv") for drug in row["drugs"].split(";")}
