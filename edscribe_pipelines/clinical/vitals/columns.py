"""Tables of vital signs: a line of labels ("time | HR | BP | RR | T C"), and lines of values below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.vitals.stated import Stated
from edscribe_pipelines.clinical.vitals.values import in_unit
from edscribe_pipelines.tables import read_table, table_cache

_FEWEST_LABELS = 3
_PRESSURES = "pressures"
_A_HEADING = re.compile(r"^[^\n]*\b(?:BP|B/P|SpO2|Sats?|SaO2)\b[^\n]*$", re.M)
_CELL = re.compile(r"[^|\t\n]+?(?=[ ]{2,}|[ ]*(?:[|\t\n]|$))")
_RULE = re.compile(r"[\s|:+-]*")
_PAIR = re.compile(r"[ ]*(?P<s>\d{2,3})/(?P<d>\d{2,3})(?!\d)")
_NUMBER = re.compile(r"[ ]*(?P<value>\d{1,4}(?:\.\d{1,2})?)(?![\d/:])")
_UNIT = re.compile(r"[ (°]*(?P<unit>[CF])\b\)?\s*$", re.I)
_MORE_IN_LABEL = re.compile(r"[ (°,].*$")


class _Column(NamedTuple):
    field: str
    unit: str | None


def values_in_columns(text: str) -> Iterator[Stated]:
    """Yield what the tables of a text state, row by row; a row ends its table where it has other columns."""
    if "|" not in text and "\t" not in text and "   " not in text:
        return
    for heading in _A_HEADING.finditer(text):
        columns = [_column(cell[0]) for cell in _cells(heading[0])]
        if sum(column is not None for column in columns) < _FEWEST_LABELS:
            continue
        place = heading.end() + 1
        while place < len(text):
            end = text.find("\n", place)
            line = text[place : end if end >= 0 else len(text)]
            cells = _cells(line)
            if not _RULE.fullmatch(line) and len(cells) != len(columns):
                break
            for column, cell in zip(columns, cells, strict=False):
                if column:
                    yield from _values(column, cell[0], place + cell.start())
            place += len(line) + 1


def _cells(line: str) -> list[re.Match[str]]:
    return [cell for cell in _CELL.finditer(line) if cell[0].strip()]


def _column(cell: str) -> _Column | None:
    unit = _UNIT.search(cell)
    label = cell.strip().lower()
    field = _fields().get(label) or _fields().get(_MORE_IN_LABEL.sub("", label))
    return _Column(field, unit["unit"] if unit else None) if field else None


def _values(column: _Column, cell: str, start: int) -> Iterator[Stated]:
    if column.field == _PRESSURES:
        pair = _PAIR.match(cell)
        for field, part in (("sbp_mmhg", "s"), ("dbp_mmhg", "d")):
            if pair:
                yield Stated(field, float(pair[part]), start + pair.start("s"), start + pair.end("d"), "value")
    elif said := _NUMBER.match(cell):
        place = (start + said.start("value"), start + said.end("value"))
        yield Stated(column.field, in_unit(column.field, said["value"], column.unit), *place, "value")


@table_cache
def _fields() -> dict[str, str]:
    """Return the field that a label of a column names."""
    rows = read_table("vital_labels.csv")
    return {row["label"].lower(): row["field"] for row in rows if row["field"] not in _OF_NO_COLUMN}


_OF_NO_COLUMN = {"line", "gcs_parts", "posture_pressures"}
