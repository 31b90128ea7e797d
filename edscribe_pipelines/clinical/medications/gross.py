"""Doses so far above every limit of their drug that they block, whatever the status of the rows.

`tables/gross_doses.csv` has the factor by class. It multiplies the widest limit of any use of the drug by its routes,
so that a true extreme without its reason is asked for and does not block. An indication of the note that sets the
amount free sets it free here, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from edscribe_pipelines.clinical.medications.limits import Amount, DoseLimit, Kind, is_above
from edscribe_pipelines.clinical.medications.selection import Patient
from edscribe_pipelines.tables import read_table, table_cache

_ANY = ""


def gross_factor(kind: Kind, drug: str, limits: Iterable[DoseLimit], amount: Amount, patient: Patient) -> float | None:
    """Return the factor by which the amount is at least above the widest of `limits`, None where it is not."""
    factor = _factors().get((kind, drug)) or _factors().get((kind, _ANY))
    said = patient.indications.stated | patient.indications.considered
    widest = 0.0
    for limit in limits:
        if limit.unit != amount.unit:
            continue
        if kind in limit.no_limit and limit.indication in {"any", *said}:
            return None
        ceilings = (ceiling for ceiling, _ in limit.ceilings(kind, amount.per_kg, patient.weight_kg))
        widest = max(widest, *filter(math.isfinite, ceilings), 0.0)
    return factor if factor and widest and is_above(amount.value, factor * widest) else None


def gross_citation(kind: Kind, drug: str) -> str:
    """Return the source of the factor that holds for the drug."""
    return _citations().get((kind, drug)) or _citations()[kind, _ANY]


@table_cache
def _factors() -> dict[tuple[str, str], float]:
    return {key: float(row["factor"]) for key, row in _rows().items()}


@table_cache
def _citations() -> dict[tuple[str, str], str]:
    return {key: f"{row['source']} ({row['year']})" for key, row in _rows().items()}


@table_cache
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["kind"], drug): row for row in read_table("gross_doses.csv") for drug in row["drugs"].split(";")}
