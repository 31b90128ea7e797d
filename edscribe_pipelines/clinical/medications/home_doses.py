"""Doses that a patient takes or is sent home with, held to what a person can take: `tables/home_doses.csv`.

A dose of several times the largest or a fraction of the smallest one is likely in the wrong unit, and surely far beyond
that. A child's dose and a taper lie within the factor. Of a drug without a limit of its own what is given here is held
to the same.
"""

from __future__ import annotations

from typing import NamedTuple

from edscribe_pipelines.clinical.medications.limits import dose_limits
from edscribe_pipelines.clinical.medications.mentions import DoseMention, Status
from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.tables import read_table, table_cache

TAKEN: set[Status] = {"home", "discharge"}
_FACTOR = 4
"""A thousandfold error is far beyond it, a tenfold one of a usual dose mostly (judgement)."""
_SURELY = 5


class HomeDose(NamedTuple):
    """The smallest and the largest amount in mg that is taken at once."""

    low: float
    high: float
    row: dict[str, str]


def is_likely_wrong_unit(dose: DoseMention) -> bool:
    """Whether nobody takes so much, or so little, at once."""
    return _is_beyond(dose, _FACTOR)


def is_surely_wrong(dose: DoseMention) -> bool:
    """Whether it is so far beyond what is taken that it blocks; an overdose that the history tells does not."""
    return _is_beyond(dose, _SURELY)


def _is_beyond(dose: DoseMention, factor: float) -> bool:
    usual = home_doses().get(dose.drug)
    is_taken = dose.status in TAKEN or (dose.status == "ed" and dose.drug not in dose_limits())
    if usual is None or not is_taken or dose.quantity.unit != "mg" or dose.per is not None:
        return False
    return not usual.low / factor <= dose.quantity.value <= usual.high * factor


@table_cache
def home_doses() -> dict[str, HomeDose]:
    return {
        row["drug"]: HomeDose(
            in_base(float(row["low"]), row["unit"]).value,
            in_base(float(row["high"]), row["unit"]).value,
            row,
        )
        for row in read_table("home_doses.csv")
    }
