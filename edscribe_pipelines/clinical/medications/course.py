"""What a patient was given of a drug over the ED course, each dose counted once.

A note tells a dose where it was given and again where it is weighed. The same amount by the same route in another
section is the same dose; what a note calls the total stands for its parts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.excess import Excess, gravest_excess
from edscribe_pipelines.clinical.medications.indications import Patient
from edscribe_pipelines.clinical.medications.limits import is_above, limits_of
from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.clinical.medications.quantities import Quantity
from edscribe_pipelines.clinical.medications.routes import UNSTATED, routes_held_to
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote


class GivenDose(NamedTuple):
    """`value` in the base `unit`; `route` None where the note leaves it open; `held_to` are the routes whose limits
    hold for it."""

    mention: DoseMention
    value: float
    unit: str
    section: str | None
    route: str | None
    held_to: frozenset[str]


def given_dose(note: ParsedNote, dose: DoseMention, weight_kg: float | None) -> GivenDose | None:
    """Return the dose as an amount that can be summed; one said per kg needs the weight."""
    value, unit, per_kg = dose.quantity
    if per_kg and weight_kg is None:
        return None
    value *= weight_kg if per_kg and weight_kg else 1.0
    route = None if dose.route == UNSTATED else dose.route
    held_to = frozenset[str]().union(*routes_held_to(dose))
    return GivenDose(dose, value, unit, note.section_at(dose.start), route, held_to)


def excess_of_total(given: Sequence[GivenDose], patient: Patient) -> tuple[DoseMention, Excess] | None:
    """Return what the doses of one drug exceed together, and the dose with which they do. Beside an amount, the dose
    per kg is how it was calculated."""
    amounts = [dose for dose in given if dose.mention.per is None] or given
    counted = [
        (limit, [dose for dose in amounts if dose.unit == limit.unit and dose.held_to & limit.routes])
        for limit in limits_of(given[0].mention.drug, "total")
    ]
    totals = [(limit, Quantity(course_total(doses), limit.unit, False)) for limit, doses in counted if doses]
    excess = gravest_excess("total", totals, patient)
    if excess is None:
        return None
    doses = next(doses for limit, doses in counted if limit is excess.limit)
    return dose_that_exceeds(doses, excess.ceiling).mention, excess


def course_total(doses: Sequence[GivenDose]) -> float:
    said_to_be_total = max((dose.value for dose in doses if dose.mention.is_total), default=0.0)
    return max(said_to_be_total, _sum_of_parts(dose for dose in doses if not dose.mention.is_total))


def dose_that_exceeds(doses: Sequence[GivenDose], ceiling: float) -> GivenDose:
    """Return the dose, in the order of the note, with which the total is above `ceiling`."""
    counts = range(1, len(doses) + 1)
    first = bisect_left(counts, True, key=lambda count: is_above(course_total(doses[:count]), ceiling))
    return doses[first]


def _sum_of_parts(doses: Iterable[GivenDose]) -> float:
    """Return the sum in which an amount counts as often as the section that tells it most often; a dose whose route
    is left open is one of those whose route another section gives."""
    told: dict[float, dict[tuple[str | None, str | None], int]] = {}
    for dose in doses:
        counts, place = told.setdefault(dose.value, {}), (dose.section, dose.route)
        counts[place] = counts.get(place, 0) + dose.mention.times
    return sum(value * _times(counts) for value, counts in told.items())


def _times(told: dict[tuple[str | None, str | None], int]) -> int:
    if len(told) == 1:
        return next(iter(told.values()))
    by_route: Counter[str] = Counter()
    by_section: Counter[str | None] = Counter()
    for (section, route), times in told.items():
        by_section[section] += times
        if route is not None:
            by_route[route] = max(by_route[route], times)
    return max(by_route.total(), *by_section.values())
