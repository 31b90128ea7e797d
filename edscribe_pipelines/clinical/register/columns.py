"""What the columns of the tables may hold: by their names where these mean the same in every table.

Words that the code itself knows (fields of vital signs, directions, units) are those of the bundled table. A cell may
be empty only in a column that has empty cells in the bundled table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

import polars as pl

from edscribe_pipelines.tables import bundled_rows

_SECTIONS = "sections.csv"
_PATTERNS = {"pattern", "trigger", "trigger_exclude", "enacted", "named", "evidence", "applies_if"}
_PATTERNS |= {
    "event",
    "order_unless",
    "extreme_if",
    "wording",
    "says",
    "against",
    "unless",
    "reported",
    "denied",
    "ended_by",
    "setting",
    "since",
}
_PATTERNS_OF_POLARS = {"trigger", "enacted"}
_DATES = {"reviewed", "expires"}
_WHOLE = {"age_low", "age_high", "minimum", "within_min", "within_words", "most_min"}
_SIGNED = {"lowest", "highest"}
_NUMBERS = {
    *("single", "per_kg", "per_kg_cap", "total", "total_per_kg", "window_h", "rate", "weight_below_kg", "factor"),
    *("low", "high", "extreme_low", "low_normal", "high_normal", "low_therapeutic", "high_therapeutic", "limit"),
    *("daily", "most", "per_day", "per_tablet", "over", "least"),
}
_NAMES = {"diagnosis", "synonyms", "tests", "not_if", "spellings", "beside_dose"}
_NAMES |= {"headings", "minor_headings", "preface_headings", "placeholders", "cues", "words"}
_NAMES_OF = {("rule_outs.csv", "applies_if")}
_FIXED = {
    "status": ("verified", "draft"),
    "severity": ("critical", "warning", "information"),
    "between": ("critical", "warning"),
    "bound": ("maximum", "usual"),
    "tier": ("", "A", "B", "C"),
    **dict.fromkeys(("plan", "checked", "mandatory", "lasting", "silent"), ("yes", "no")),
}
_LISTED = {
    "settings": ("taken", "prescribed", "ordered"),
    "usual_figures": ("single", "per_kg", "total", "total_per_kg", "rate"),
    "no_limit": ("single", "total", "rate"),
}
_KNOWN = {"field", "kind", "rule", "direction", "context", "means", "cue", "stands", "gate", "shows", "spelling"}
_KNOWN |= {"which", "bound_by", "difference", "place", "polarity", "unit", "rate_time", "sex", "arrival_transport"}
_KNOWN_OF = {(_SECTIONS, "section"), ("dispositions.csv", "disposition"), ("laterality.csv", "side")}
_KNOWN_LISTS = {"route", "routes", "when_unstated"}

_YEAR = re.compile(r"(?:18|19|20)\d\d|n\.d\.")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_INTERVAL = re.compile(r"[0-9]{1,4}-[0-9]{1,4}(?: until [a-z0-9_]+)?")
_ORDER = re.compile(r"(?:before|after):[a-z0-9_]+(?:;(?:before|after):[a-z0-9_]+)*")


def problem_with(table: str, column: str, cell: str) -> str | None:
    """Return what is wrong with a cell and what would be right, None where nothing is. Never quotes it."""
    if not cell:
        said = "empty; say where the rule comes from" if column == "source" else "empty"
        return None if "" in _bundled(table, column) else said
    words = _words_for(table, column)
    if words is not None:
        said = f"must be one of {', '.join(sorted(filter(None, words)))}"
        parts = cell.split(";") if column in _LISTED or column in _KNOWN_LISTS else [cell]
        return None if words.issuperset(parts) else said
    return next((said for holds, said in _shape(table, column) if not holds(cell)), None)


def _words_for(table: str, column: str) -> frozenset[str] | None:
    """Return the words among which those of a cell must be, None where it is free."""
    if column in _FIXED or column in _LISTED:
        return frozenset((_FIXED | _LISTED)[column])
    if column in _KNOWN or (table, column) in _KNOWN_OF:
        return _bundled(table, column)
    return _routes() if column in _KNOWN_LISTS else None


def _shape(table: str, column: str) -> list[tuple[Callable[[str], object], str]]:
    """Return what a cell of the column must fulfil, each with what to say where it does not."""
    if column in _NAMES or (table, column) in _NAMES_OF:
        return [(_are_names, "must be names with a letter or figure each, parted by ;")]
    if column in _PATTERNS:
        in_polars = [(_is_pattern_of_polars, "must do without what looks around: no (?=, (?!, (?<= or (?<!")]
        return [(_is_pattern, _NO_PATTERN), *(in_polars if column in _PATTERNS_OF_POLARS else [])]
    one_of_all: list[tuple[set[str], Callable[[str], object], str]] = [
        ({"year"}, _YEAR.fullmatch, "must be a year or n.d."),
        (_DATES, _is_date, "must be a date, YYYY-MM-DD"),
        (_NUMBERS, _NUMBER.fullmatch, "must be a number"),
        (_SIGNED, lambda cell: _NUMBER.fullmatch(cell.removeprefix("-")), "must be a number"),
        (_WHOLE, lambda cell: cell.isascii() and cell.isdigit() and len(cell) < 6, "must be a whole number"),
        ({"every_min"}, _INTERVAL.fullmatch, 'must be minutes such as "3-5" or "3-5 until outcome"'),
        ({"order"}, _ORDER.fullmatch, 'must be other steps, such as "before:shock;after:cpr"'),
    ]
    return [(holds, said) for columns, holds, said in one_of_all if column in columns]


_NO_PATTERN = "is no regular expression of Python, or has flags for all of it or groups with a name"


def _is_pattern(cell: str) -> bool:
    """Whether it is one also as a part of another."""
    try:
        return not re.compile(f"(?:{cell})").groupindex
    except (re.error, OverflowError, RecursionError):
        return False


def _is_pattern_of_polars(cell: str) -> bool:
    try:
        pl.Series([""]).str.contains(cell)
    except pl.exceptions.ComputeError:
        return False
    return True


def _are_names(cell: str) -> bool:
    return all(any(letter.isalnum() for letter in name) for name in cell.split(";"))


def _is_date(cell: str) -> bool:
    try:
        return _DATE.fullmatch(cell) is not None and bool(date.fromisoformat(cell))
    except ValueError:
        return False


@cache
def _bundled(table: str, column: str) -> frozenset[str]:
    return frozenset(row[column] for row in bundled_rows(table))


@cache
def _routes() -> frozenset[str]:
    cells = _bundled("dose_limits.csv", "route") | _bundled("drug_routes.csv", "routes")
    cells |= _bundled("reserved_routes.csv", "route")
    return frozenset(route for cell in cells for route in cell.split(";"))
