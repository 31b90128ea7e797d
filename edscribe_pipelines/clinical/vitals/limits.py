"""What a vital sign of an adult can be, and from where on it is dangerous: `tables/vital_limits.csv`.

A field has a row of kind `possible` and one of kind `alarming`, each with its own source. A value beyond the possible
is possible all the same down to `extreme_low` where the note says why (`extreme_if`: no circulation, hypothermia).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from edscribe_pipelines.tables import read_table, table_cache

Direction = Literal["low", "high"]


@dataclass(frozen=True)
class VitalLimit:
    """Bounds of one vital sign in `unit`. The possible bounds themselves are possible, the alarming bounds
    themselves alarm, as in NEWS2; None is no bound."""

    field: str
    label: str
    unit: str
    possible_low: float
    possible_high: float
    alarming_low: float | None
    alarming_high: float | None
    extreme_low: float | None
    extreme_if: re.Pattern[str] | None
    citation: str
    alarming_citation: str

    def is_possible(self, value: float) -> bool:
        return self.possible_low <= value <= self.possible_high

    def alarm(self, value: float) -> Direction | None:
        """Return on which side `value` is dangerous, None where it is not."""
        if self.alarming_low is not None and value <= self.alarming_low:
            return "low"
        return "high" if self.alarming_high is not None and value >= self.alarming_high else None

    def is_explained(self, value: float, text: str) -> bool:
        """Whether `text` says why a value below the possible is one after all; a rate with a decimal point never is."""
        if value % 1 and self.unit == "/min":
            return False
        if self.extreme_low is None or self.extreme_if is None or not self.extreme_low <= value < self.possible_low:
            return False
        return self.extreme_if.search(text) is not None


@table_cache
def vital_limits() -> dict[str, VitalLimit]:
    """Return the limits by the field of `records.VitalSigns`, and of what else notes state."""
    rows = {(row["field"], row["kind"]): row for row in read_table("vital_limits.csv")}
    fields = dict.fromkeys(field for field, _ in rows)
    return {field: _limit(field, rows.get((field, "possible")), rows.get((field, "alarming"))) for field in fields}


def _limit(field: str, possible: dict[str, str] | None, alarming: dict[str, str] | None) -> VitalLimit:
    named = possible or alarming or {}
    low, high = _bounds(possible)
    extreme_if = named["extreme_if"]
    return VitalLimit(
        field,
        named["label"],
        named["unit"],
        float("-inf") if low is None else low,
        float("inf") if high is None else high,
        *_bounds(alarming),
        extreme_low=_number(named["extreme_low"]),
        extreme_if=re.compile(extreme_if, re.I) if extreme_if else None,
        citation=_citation(named),
        alarming_citation=_citation(alarming or named),
    )


def _bounds(row: dict[str, str] | None) -> tuple[float | None, float | None]:
    return (_number(row["low"]), _number(row["high"])) if row else (None, None)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _citation(row: dict[str, str]) -> str:
    return f"{row['source']} ({row['year']})"
