"""Figures that a note calculates from others it tells, and that do not come out: gaps, pressures, units, scores.

Formulas are rows of `tables/formulas.csv`, in the arithmetic of `_OPERATIONS`; their inputs stand near the result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.tables import read_table, table_cache

_VALUE = r"(?:[ ]?[:=|]|[ ](?:of|is|was|at|about|approximately))?[ ]?(?P<value>\d{1,4}(?:\.\d{1,2})?)(?![\d:/]|\.\d)"
_AHEAD, _BACK = 60, 130
_NOT_ONE = re.compile(
    r"\b(?:delta|repeat|corrected for|albumin|target|goal|normal|expected|closed|closing|was|then)\b|->|→|>", re.I
)


class _Input(NamedTuple):
    value: float
    place: Place


def _osmolality(values: Sequence[float]) -> list[float]:
    sodium, glucose, urea = values
    return [2 * sodium + glucose / 18 + urea / 2.8, 1.86 * sodium + glucose / 18 + urea / 2.8 + 9]


_OPERATIONS: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "anion gap": lambda values: [values[0] - values[1] - values[2]],
    "difference": lambda values: [values[0] - values[1]],
    "osmolality": _osmolality,
    "mean pressure": lambda values: [(values[0] + 2 * values[1]) / 3],
    "quotient": lambda values: [values[0] / values[1]] if values[1] else [],
    "corrected sodium": lambda values: [values[0] + share * (values[1] - 100) / 100 for share in (1.6, 2.0, 2.4)],
    "body mass index": lambda values: [values[1] / (values[0] / 100) ** 2] if values[0] else [],
}
"""What each formula makes of its inputs, in more than one way where textbooks differ."""


def calculations_that_fail(note: ParsedNote) -> Iterator[TwoWays]:
    for name, match in _RESULTS.matches_in(note):
        row = _rows()[name]
        told = re.compile(_VALUE).match(note.text, match.end())
        if not told or _NOT_ONE.search(note.text, match.start(), told.end() + 4):
            continue
        inputs = _inputs(note, row, match.start())
        made = _OPERATIONS[row["operation"]]([each.value for each in inputs]) if inputs else []
        off = float(row["off"])
        if made and not any(abs(each - float(told["value"])) <= off for each in _with_room(made, row)):
            place = match.start(), told.end()
            yield TwoWays("sum", "warning", inputs[0].place, place, f"Its inputs give another {name}.", cited(row))
            return


def _with_room(made: Sequence[float], row: dict[str, str]) -> list[float]:
    """Return also what the formula gives with its optional part ("anion gap" with potassium)."""
    return [*made, *(each + float(row["plus"]) for each in made if row["plus"])]


def _inputs(note: ParsedNote, row: dict[str, str], place: int) -> list[_Input]:
    """Return the input of each name that stands closest before the result; none where one is missing."""
    found: list[_Input] = []
    start = max(0, place - _BACK)
    for name in row["inputs"].split(" ; "):
        told = list(re.finditer(name, note.text[start : place + _AHEAD]))
        if len({each["value"] for each in told}) != 1:
            return []
        value = float(told[0]["value"].replace(",", ""))
        found.append(_Input(value, (start + told[0].start(), start + told[0].end())))
    return found


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["result"]: row for row in read_table("formulas.csv")}


_RESULTS = Wordings(lambda: ((name, row["wording"]) for name, row in _rows().items()))
