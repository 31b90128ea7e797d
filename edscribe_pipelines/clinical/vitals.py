"""Vital signs: what can be true of an adult, and what is true but must be addressed.

Limits are rows of `tables/vital_limits.csv`, each with source, year and status.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from edscribe_pipelines.clinical.tables import read_table


@dataclass(frozen=True)
class VitalLimit:
    """Bounds of one vital sign in `unit`, inclusive; None where there is none."""

    field: str
    label: str
    unit: str
    possible_low: float
    possible_high: float
    alarming_low: float | None
    alarming_high: float | None
    citation: str


@cache
def vital_limits() -> dict[str, VitalLimit]:
    """Return the limits by the field of `records.VitalSigns` (and `gcs_total`)."""
    return {
        row["field"]: VitalLimit(
            field=row["field"],
            label=row["label"],
            unit=row["unit"],
            possible_low=float(row["possible_low"]),
            possible_high=float(row["possible_high"]),
            alarming_low=_number(row["alarming_low"]),
            alarming_high=_number(row["alarming_high"]),
            citation=f"{row['source']} ({row['year']})",
        )
        for row in read_table("vital_limits.csv")
    }


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
