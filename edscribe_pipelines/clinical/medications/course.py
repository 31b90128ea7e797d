"""What a patient was given of a drug over the ED course, each dose counted once.

A note tells a dose where it was given and again where it is weighed. The same amount by the same route in another
section is the same dose; what a note calls the total stands for its parts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.limits import is_above
from edscribe_pipelines.clinical.medications.mentions import DoseMention


class GivenDose(NamedTuple):
    """`value` in the base `unit`; `route` None where the note leaves it open; `held_to` are the routes whose limits
    hold for it."""

    mention: DoseMention
    value: float
    unit: str
    section: str | None
    route: str | None
    held_to: frozenset[str]


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
