"""A site's list of known identifiers: one a line, or a CSV file with the columns type and value."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.listed.plain_text import plain_bytes, words_in
from edscribe_pipelines.errors import BadInput

_COLUMNS = ("type", "value")
_UNSPECIFIED = "unspecified"
"""The kind of an identifier from a list without types."""

_TYPE = re.compile(r"[A-Za-z][\w ./-]{0,39}", re.A)
_SHORTEST, _LONGEST = 4, 200
_MOST_TYPES = 50
_SHOWN = 10


class Listed(NamedTuple):
    """An identifier and its line in the list."""

    line: int
    kind: str
    value: str


def read_list(source: str) -> list[Listed]:
    """Return the identifiers of a file, or of standard input where `source` is `-`; empty values are left out.

    Raises BadInput naming file and line, never a value, for what is no list, and for values that cannot be searched:
    those of fewer than four letters and digits stand in any text.
    """
    name = "standard input" if source == "-" else source
    text = _read(source, name)
    rows = _rows_of_csv(text, name) if source.lower().endswith(".csv") else _rows_of_lines(text)
    listed = [Listed(line, kind, value.strip()) for line, kind, value in rows if value.strip()]
    if not listed:
        raise BadInput(name, "holds no identifier", remedy="Write one a line, or a .csv with the columns type,value.")
    _check(listed, name)
    return listed


def _read(source: str, name: str) -> str:
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise BadInput(name, f"cannot be opened ({error.strerror})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(name, "not text in UTF-8", remedy="Save it as UTF-8.") from None


def _rows_of_lines(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, _UNSPECIFIED, line


def _rows_of_csv(text: str, name: str) -> Iterator[tuple[int, str, str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"{name}, line 1", "the column is missing", field=missing[0], remedy="Head it: type,value.")
    try:
        for row in reader:
            yield reader.line_num, row["type"].strip() or _UNSPECIFIED, row["value"]
    except csv.Error:
        raise BadInput(f"{name}, line {reader.line_num}", "not CSV", remedy="Quote cells that hold a quote.") from None


def _check(listed: Sequence[Listed], name: str) -> None:
    untyped = [each.line for each in listed if not _TYPE.fullmatch(each.kind)]
    if untyped or len({each.kind for each in listed}) > _MOST_TYPES:
        place = _lines(untyped, name) if untyped else name
        raise BadInput(place, "no name of a type", field="type", remedy="Write one such as patient_name, mrn, phone.")
    if short := [each.line for each in listed if _letters_and_digits(each) < _SHORTEST]:
        problem = f"fewer than {_SHORTEST} letters and digits, which any text may hold"
        raise BadInput(_lines(short, name), problem, remedy="Take such values off the list.")
    if long := [each.line for each in listed if len(each.value) > _LONGEST]:
        raise BadInput(_lines(long, name), f"more than {_LONGEST} characters", remedy="Write one identifier a line.")


def _letters_and_digits(each: Listed) -> int:
    return sum(len(word.decode()) for word in words_in(plain_bytes(each.value)))


def _lines(lines: Sequence[int], name: str) -> str:
    shown = ", ".join(map(str, lines[:_SHOWN]))
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"{name}, line{'s' if len(lines) > 1 else ''} {shown}{more}"
