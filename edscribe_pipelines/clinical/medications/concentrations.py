"""Doses told as a volume of a concentration (2 mg/mL, 50 mg in 250 mL, 1:1000, 2 %, D50) or in packs ("1 amp").

What a pack holds is a row of `tables/dose_packs.csv`. A percentage is grams in 100 mL, a ratio grams in as
many mL. The concentration stands beside the volume, in the same line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.numbers import letters_pattern, number
from edscribe_pipelines.clinical.medications.units import unit_named, units_pattern
from edscribe_pipelines.tables import read_table, table_cache

_BEFORE, _BEHIND = 60, 45
"""Characters around a volume in which its concentration still belongs to it."""
_LEADING_PERCENT = re.compile(r"(?<![\d.])\d{1,2}(?:[.,]\d{1,3})?[ \t]?%[ \t]*$")
_MG_IN_PERCENT = 10.0
_MG_IN_GRAM = 1000.0


class Concentration(NamedTuple):
    """How much of a drug is in one mL or one pack."""

    amount: float
    unit: str


def concentration_beside(text: str, drug_start: int, start: int, end: int) -> Concentration | None:
    """Return the concentration of the volume text[start:end], the one behind the drug and before the volume first."""
    leading = _LEADING_PERCENT.search(text, max(0, drug_start - _BEFORE), drug_start)
    first = max(leading.start() if leading else drug_start, start - _BEFORE, text.rfind("\n", 0, start) + 1)
    line_end = text.find("\n", end)
    last = min(end + _BEHIND, len(text) if line_end < 0 else line_end)
    before = list(_pattern().finditer(text, first, start))
    found = before[-1] if before else _pattern().search(text, end, last)
    return _read(found) if found else None


def _read(said: re.Match[str]) -> Concentration | None:
    if percent := said["percent"] or said["spoken"] or said["dextrose"]:
        grams = number(percent.replace(",", "."))
        return Concentration(grams * _MG_IN_PERCENT, "mg") if grams else None
    if said["ratio"]:
        parts = number(said["ratio"])
        return Concentration(_MG_IN_GRAM / parts, "mg") if parts else None
    volume = number(said["volume"]) if said["volume"] else 1.0
    amount = number(said["amount"])
    return Concentration(amount / volume, unit_named(said["unit"])) if volume and amount else None


@table_cache
def packs() -> dict[tuple[str, str], Concentration]:
    """Return how much of a drug is in one pack of a name."""
    return {
        (row["drug"], row["pack"]): Concentration(float(row["amount"]), row["unit"])
        for row in read_table("dose_packs.csv")
    }


@table_cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<amount>\d[\d.,]*+)[ \t-]?(?P<unit>{units_pattern()})[ \t]?(?:/|per|in)[ \t]?"
        r"(?P<volume>\d[\d.,]*+)?[ \t]?(?:mL|cc)\b(?![ \t]?/)"
        r"|(?<![\d.])(?P<percent>\d{1,2}(?:[.,]\d{1,3})?)[ \t]?(?:%|per[ ]?cent\b)"
        rf"|\b(?P<spoken>{letters_pattern()})[ \t]per[ ]?cent\b"
        r"|\bD(?=(?:10|25|50)W?\b)"
        r"(?P<dextrose>\d\d)|\b1(?::|[ ]in[ ](?=\d{1,3},?\d{3}))(?P<ratio>\d[\d,]*)",
        re.I,
    )
