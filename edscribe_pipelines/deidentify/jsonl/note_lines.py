"""Lines of JSON as notes; what is no note, by row and field and never by value."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.errors import BadInput, EdscribeError, StageFailed

UNSPECIFIED = "unspecified"
"""The kind of a known identifier that came as a plain string."""

_REMEDY = 'Write {"id": "...", "text": "...", "known_identifiers": [{"kind": "patient_name", "value": "..."}]}.'
_SHAPE = "neither a string nor an object with the strings kind and value"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Batch:
    """Whole lines of an input, the first of which is its row `first_row`."""

    first_row: int
    data: bytes


@dataclass(frozen=True)
class Refusal:
    """Why the line at `row` gave no note."""

    row: int
    field: str | None
    reason: str

    def as_error(self, source: str) -> EdscribeError:
        return BadInput(f"{source}, line {self.row}", self.reason, field=self.field, remedy=_REMEDY)


class Failure(Refusal):
    """A note that an engine gave up on."""

    def as_error(self, source: str) -> EdscribeError:
        return StageFailed(f"{source}, line {self.row}: {self.reason}. With --quarantine the other notes go on.")


@dataclass(frozen=True)
class NoteLine:
    row: int
    id: str | int
    text: str
    known_identifiers: list[Identifier]
    patient: str
    year: int | None


class _Unusable(Exception):
    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


def read_notes(batch: Batch) -> Iterator[NoteLine | Refusal]:
    """Yield each line of `batch` that is not blank as a note, or why it is none."""
    for row, line in enumerate(batch.data.split(b"\n"), start=batch.first_row):
        if not line.strip():
            continue
        try:
            yield _note(_parse(line.removeprefix(codecs.BOM_UTF8) if row == 1 else line), row)
        except _Unusable as unusable:
            yield Refusal(row, unusable.field, unusable.reason)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = _parse_lone_surrogates(line)
    if not isinstance(value, dict):
        raise _Unusable("not a JSON object")
    return value


def _parse_lone_surrogates(line: bytes) -> Any:
    r"""Return what `line` holds where only the standard library reads it: JSON may escape half a pair, `"\ud800"`."""
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _Unusable("not JSON in UTF-8") from None


def _note(value: dict[str, Any], row: int) -> NoteLine:
    return NoteLine(row, _id(value), _text(value), list(_known_identifiers(value)), _patient(value), _year(value))


def _id(value: dict[str, Any]) -> str | int:
    given = value.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise _Unusable("missing, or neither a string nor an integer", "id")
    try:
        orjson.dumps(given)
    except orjson.JSONEncodeError:
        raise _Unusable("not Unicode, or an integer of more than 64 bits", "id") from None
    return given


def _text(value: dict[str, Any]) -> str:
    if not isinstance(value.get("text"), str):
        raise _Unusable("missing or not a string", "text")
    return _LONE_SURROGATE.sub("\ufffd", value["text"])


def _known_identifiers(value: dict[str, Any]) -> Iterator[Identifier]:
    given = value.get("known_identifiers")
    if given is None:
        return
    if not isinstance(given, list):
        raise _Unusable("not a list", "known_identifiers")
    for number, item in enumerate(given):
        yield _identifier(item, f"known_identifiers.{number}")


def _identifier(item: Any, field: str) -> Identifier:
    if isinstance(item, str):
        return {"kind": UNSPECIFIED, "value": item}
    if isinstance(item, dict) and isinstance(item.get("kind"), str) and isinstance(item.get("value"), str):
        return {"kind": item["kind"], "value": item["value"]}
    raise _Unusable(_SHAPE, field)


def _patient(value: dict[str, Any]) -> str:
    given = value.get("patient")
    if isinstance(given, bool) or not isinstance(given, str | int | None):
        raise _Unusable("neither a string nor an integer", "patient")
    return "" if given is None else _LONE_SURROGATE.sub("\ufffd", str(given))


def _year(value: dict[str, Any]) -> int | None:
    given = value.get("year")
    if given is not None and (type(given) is not int or not 1000 <= given <= 9999):
        raise _Unusable("not an integer of four digits", "year")
    return given
