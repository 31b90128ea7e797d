"""A weight that hardly anybody of the age has: rows of `tables/weight_limits.csv`, each from an age on.

Pounds written for kilograms are what it finds: doses by weight go by it.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import stated_weight
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.tables import read_table, table_cache


def check_weight(note: ParsedNote, age_years: float | None) -> list[Finding]:
    """Return a warning for the first weight of the note, in kg, where it does not go with the age in years."""
    weight = note.of(stated_weight) if age_years is not None else None
    if weight is None or age_years is None:
        return []
    row = _row_of(age_years)
    is_usual = float(row["low_kg"]) <= weight.kg <= float(row["high_kg"])
    if is_usual or (row["unless"] and re.search(row["unless"], note.text, re.I)):
        return []
    return [
        Finding(
            rule="vital.weight.for_age",
            severity="warning",
            section=None,
            start=weight.start,
            end=weight.end,
            message="The weight does not go with the age: likely in the wrong unit.",
            citation=f"{row['source']} ({row['year']})",
        )
    ]


def _row_of(age_years: float) -> dict[str, str]:
    rows = _rows()
    return rows[max(0, bisect_right(rows, age_years, key=lambda row: float(row["from_years"])) - 1)]


@table_cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(sorted(read_table("weight_limits.csv"), key=lambda row: float(row["from_years"])))
