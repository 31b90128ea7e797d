"""What the columns of the rule tables may hold, by their names, which mean the same in every table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_PATTERNS = ("pattern", "trigger", "trigger_exclude", "evidence", "applies_if", "wording")
_DATES = ("reviewed", "expires")
_YES_OR_NO = ("plan", "checked", "mandatory")
_REQUIRED = ("source", "year", "status")
_YEAR = re.compile(r"(?:18|19|20)\d\d|n\.d\.")
_ONE_OF = {
    "status": ("verified", "draft"),
    "severity": ("critical", "warning", "information"),
    "bound": ("maximum", "usual"),
    "tier": ("", "A", "B", "C"),
    "direction": ("", "forward", "backward", "before", "after", "low", "high", "both"),
}
_NUMBERS = (
    *("single", "per_kg", "per_kg_cap", "total", "total_per_kg", "window_h", "rate", "maximum", "minimum"),
    *("age_low", "age_high", "low", "high", "within_min"),
    *("possible_low", "possible_high", "alarming_low", "alarming_high"),
)
_LOW_AND_HIGH = tuple((f"{kind}low", f"{kind}high") for kind in ("", "age_", "possible_", "alarming_"))


def problem_with(column: str, cell: str) -> str | None:
    """Return what is wrong with a cell and what would be right, None where nothing is. Never quotes it."""
    if column in _REQUIRED and not cell:
        return "empty; say where the rule comes from" if column == "source" else "empty"
    if column in _ONE_OF:
        return None if cell in _ONE_OF[column] else f"must be one of {', '.join(filter(None, _ONE_OF[column]))}"
    if column == "year":
        return None if _YEAR.fullmatch(cell) else "must be a year or n.d."
    kinds: tuple[tuple[tuple[str, ...], Callable[[str], object], str], ...] = (
        (_PATTERNS, re.compile, "is no regular expression of Python"),
        (_DATES, date.fromisoformat, "must be a date, YYYY-MM-DD"),
        (_NUMBERS, _number, "must be a number or empty"),
        (_YES_OR_NO, ("", "yes", "no").index, "must be yes, no or empty"),
    )
    return next((said for names, read, said in kinds if column in names and not _reads(read, cell)), None)


def problem_across(row: dict[str, str]) -> tuple[str, str] | None:
    """Return the column and what is wrong where two cells of a sound row contradict each other."""
    for low, high in _LOW_AND_HIGH:
        if row.get(low) and row.get(high) and float(row[low]) >= float(row[high]):
            return high, f"must be above {low}"
    if row.get("reviewed", "") > row.get("expires", "") != "":
        return "expires", "must be after reviewed"
    return None


def _reads(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except (ValueError, re.error):
        return False
    return True


def _number(cell: str) -> float | None:
    if not cell:
        return None
    value = float(cell)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value
