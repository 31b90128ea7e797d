"""What the rows of a table must be to each other and to the code: cells that belong together, rows that are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edscribe_pipelines.tables import bundled_rows

Row = dict[str, str]

_LOW_AND_HIGH = (("low", "high"), ("age_low", "age_high"), ("lowest", "highest"), ("extreme_low", "low"))
_TOGETHER = {
    "vital_limits.csv": (("extreme_low", "extreme_if"),),
    "vital_relations.csv": (("low", "high"),),
    "risk_scores.csv": (("lowest", "highest"),),
    "protocol_steps.csv": (("within_min", "from"),),
}
_NEEDED = {
    "vital_limits.csv": ("field",),
    "vital_relations.csv": ("rule",),
    "vital_contexts.csv": ("context", "direction"),
    "protocol_cues.csv": ("cue", "direction"),
    "allergy_cues.csv": ("kind",),
    "dose_words.csv": ("kind",),
    "sections.csv": ("section",),
}
"""The code looks for a row of each of these."""
_ANCHORS = {"recognition", "door", "injury"}
_WORDS = re.compile(r"\w[\w ]*(?:;\w[\w ]*)*")
_PLAIN_KINDS = ("unit", "pack", "number", "per")


def problem_across(table: str, row: Row) -> tuple[str, str] | None:
    """Return the column and what is wrong where two cells of a row, each sound, do not fit each other."""
    for low, high in _LOW_AND_HIGH:
        if row.get(low) and row.get(high) and float(row[low]) > float(row[high]):
            return high, f"must not be below {low}"
    if row.get("reviewed", "") > row.get("expires", "") != "":
        return "expires", "must be after reviewed"
    for one, other in _TOGETHER.get(table, ()):
        if bool(row[one]) != bool(row[other]):
            return other, f"must be empty where {one} is, and only there"
    return _problem_with_word(row) if table == "dose_words.csv" else None


def _problem_with_word(row: Row) -> tuple[str, str] | None:
    kind, name = row["kind"], row["name"]
    if kind == "number" and not (name.isascii() and name.isdigit() and len(name) < 4):
        return "name", "must be a whole number"
    if kind in ("unit", "per", "route") and (kind, name) not in _keys("dose_words.csv", ("kind", "name")):
        return "name", f"must be a {kind} of the bundled table"
    if kind in _PLAIN_KINDS:
        return None if _WORDS.fullmatch(row["words"]) else ("words", "must be words parted by ;")
    try:
        named = re.compile(f"(?:{row['words']})").groupindex
    except re.error:
        return "words", "is no regular expression of Python"
    return ("words", "must have no groups with a name") if named else None


def problems_among(table: str, rows: Sequence[Row]) -> Iterator[tuple[int | None, str]]:
    """Yield (number of the row or None, what is wrong) where the rows, each sound, are not what the code needs."""
    columns = _NEEDED.get(table, ())
    if columns:
        missing = _keys(table, columns) - {tuple(row[column] for column in columns) for row in rows}
        yield from ((None, f"lacks a row of {' '.join(columns)} {' '.join(key)}") for key in sorted(missing))
    if table == "protocol_steps.csv":
        yield from _unknown_steps(rows)


def _keys(table: str, columns: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {tuple(row[column] for column in columns) for row in bundled_rows(table)}


def _unknown_steps(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    steps = {(row["protocol"], row["key"]) for row in rows}
    for number, row in enumerate(rows):
        for column, names in (("order", _steps_named(row)), ("from", set(row["from"].split(";")) - _ANCHORS - {""})):
            if any((row["protocol"], name) not in steps for name in names):
                yield number, f"column {column}: names no step of this protocol"


def _steps_named(row: Row) -> set[str]:
    return {part.partition(":")[2] for part in row["order"].split(";") if part}
