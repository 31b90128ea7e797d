"""What one dose exceeds: the limit of a single dose or a rate, by each route by which it may have been given.

What is given into the bone is held to the limits of the vein, and so is an infusion of a drug that has no limits of
its own for one. An unstated route is held to the widest limit of the routes that it may stand for.
"""

from __future__ import annotations

import math

from edscribe_pipelines.clinical.medications.gross import gross_factor
from edscribe_pipelines.clinical.medications.limits import (
    ANY_DOSED_IN_MG,
    LEAST_SHARE,
    Amount,
    Kind,
    dose_limits,
    drugs_dosed_in_mg,
    in_base,
    limits_of,
)
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.medications.routes import UNSTATED, routes_meant
from edscribe_pipelines.clinical.medications.selection import Excess, Patient, gravest_excess

_SMALL_UNITS = ("mcg", "mg")


def excess_of(dose: DoseMention, patient: Patient) -> Excess | None:
    """Return the gravest limit that the dose exceeds; a sum of doses exceeds none of a single dose."""
    if dose.is_total:
        return None
    amount = in_base(dose.amount, dose.unit, dose.per)
    if dose.per not in (None, "kg"):
        return _excess("rate", dose.drug, _rate_routes(dose), amount, patient)
    by_amount = _excess_by_any_route(dose, amount, patient)
    return by_amount if by_amount and by_amount.blocks else _excess_as_written(dose, amount) or by_amount


def is_unread(dose: DoseMention) -> bool:
    """Whether the dose is a volume of unknown strength of a drug that has limits, none of them in mL."""
    limits = dose_limits().get(dose.drug, ())
    return dose.unit == "mL" and bool(limits) and all(limit.unit != "mL" for limit in limits)


def is_likely_thousandth(dose: DoseMention) -> bool:
    """Whether the dose is so far under every limit of its routes that its unit must be wrong."""
    if dose.unit not in _SMALL_UNITS or dose.per not in (None, "kg"):
        return False
    amount = in_base(dose.amount, dose.unit, dose.per)
    routes = frozenset[str]().union(*routes_held_to(dose))
    ceilings = (
        ceiling
        for limit in limits_of(dose.drug, "single")
        if limit.routes & routes and limit.unit == amount.unit
        for ceiling, _ in limit.ceilings("single", amount.per_kg, None)
    )
    widest = max(filter(math.isfinite, ceilings), default=0.0)
    return amount.value < widest * LEAST_SHARE


def routes_held_to(dose: DoseMention) -> list[frozenset[str]]:
    """Return for each route that the note may mean the routes whose limits hold for it."""
    return [_with_limits_of(route, dose.drug) for route in routes_meant(dose)]


def _excess_by_any_route(dose: DoseMention, amount: Amount, patient: Patient) -> Excess | None:
    found = [_excess("single", dose.drug, routes, amount, patient) for routes in routes_held_to(dose)]
    exceeded = [excess for excess in found if excess]
    if len(exceeded) < len(found):
        return None
    return min(exceeded, key=lambda excess: excess.gravity, default=None)


def _excess_as_written(dose: DoseMention, amount: Amount) -> Excess | None:
    if dose.unit != "mcg" or dose.drug not in drugs_dosed_in_mg():
        return None
    figures = ((limit, figure) for limit in dose_limits().get(ANY_DOSED_IN_MG, ()) for figure in limit.figures)
    found = (Excess(limit, figure.value, figure, amount) for limit, figure in figures if amount.value > figure.value)
    return next(found, None)


def _excess(kind: Kind, drug: str, routes: frozenset[str], amount: Amount, patient: Patient) -> Excess | None:
    limits = [limit for limit in limits_of(drug, kind) if limit.routes & routes]
    excess = gravest_excess(kind, limits, lambda _: amount, patient)
    if excess is None:
        return None
    return excess._replace(gross=gross_factor(kind, drug, limits, amount, patient))


def _with_limits_of(route: str, drug: str) -> frozenset[str]:
    if route == "IO":
        return frozenset({"IO", "IV"})
    if route == "INFUSION" and not any("INFUSION" in limit.routes for limit in dose_limits().get(drug, ())):
        return frozenset({"INFUSION", "IV"})
    return frozenset({route})


def _rate_routes(dose: DoseMention) -> frozenset[str]:
    if dose.route == UNSTATED:
        return frozenset({"INFUSION", "IV", "NEB"})
    return frozenset({"NEB"}) if dose.route == "NEB" else frozenset({"INFUSION", "IV"})
