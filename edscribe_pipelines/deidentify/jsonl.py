"""De-identification of JSON Lines: a note a line in; its text, spans and verdict out.

In: `{"id", "text"[, "known_identifiers", "patient", "year"]}`. `patient` says whose note it is, so that all of theirs
get the same surrogates and the same shift of dates; `year` is that of the arrival.
Out: `{"id", "text", "spans", "gate"}`. A note that the gate stops leaves without its text, with its spans and the
rules that it broke. A line that cannot be used becomes a refusal, which names row and field and never quotes a value.
"""

from __future__ import annotations

import codecs
import json
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson

import edscribe_pipelines
from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.checking.gate import phi_findings, verdict
from edscribe_pipelines.deidentify.finding.spans import Deidentified, settle
from edscribe_pipelines.deidentify.finding.unseen import blanks_for_unseen, has_unseen, in_original, without_unseen
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.errors import BadInput, EdscribeError, StageFailed

UNSPECIFIED = "unspecified"
"""The kind of a known identifier that came as a plain string."""

_REMEDY = 'Write {"id": "...", "text": "...", "known_identifiers": [{"kind": "patient_name", "value": "..."}]}.'
_SHAPE = "neither a string nor an object with the strings kind and value"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PACKAGE = Path(edscribe_pipelines.__file__).parent


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
class Answer:
    """What became of a batch: `lines` of JSON for `notes` of its rows, in their order, and the rows refused."""

    lines: bytes
    notes: int
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class _Note:
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


def answer_batch(batch: Batch, replacement: Replacement) -> Answer:
    """De-identify each line of `batch`. Never raises for what a line holds."""
    read = list(read_notes(batch))
    answers = _answers([note for note in read if isinstance(note, _Note)], replacement)
    refused = [each for each in (*read, *answers) if isinstance(each, Refusal)]
    lines = [answer for answer in answers if isinstance(answer, bytes)]
    return Answer(b"".join(lines), len(lines), tuple(sorted(refused, key=lambda refusal: refusal.row)))


def read_notes(batch: Batch) -> Iterator[_Note | Refusal]:
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


def _note(value: dict[str, Any], row: int) -> _Note:
    return _Note(row, _id(value), _text(value), list(_known_identifiers(value)), _patient(value), _year(value))


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


def _answers(notes: list[_Note], replacement: Replacement) -> list[bytes | Refusal]:
    try:
        return [_answer(note, clean, replacement) for note, clean in zip(notes, _remove_all(notes), strict=True)]
    except Exception as error:  # What an engine raises may quote a note, so only its kind and place leave.
        if len(notes) == 1:
            return [Failure(notes[0].row, None, f"could not be de-identified ({_kind_and_place(error)})")]
    return [answer for note in notes for answer in _answers([note], replacement)]


def _answer(note: _Note, clean: Deidentified, replacement: Replacement) -> bytes:
    """Return the line for `note`. The gate sees tags, for a surrogate looks like what it stands for."""
    findings = phi_findings(clean.text, note.known_identifiers)
    if has_unseen(clean.text):
        findings = sorted({*findings, *phi_findings(without_unseen(clean.text), note.known_identifiers)})
    result = {
        "id": note.id,
        "text": None if findings else replacement.apply(note.text, clean.spans, note.patient, note.year),
        "spans": [{"start": span.start, "end": span.end, "type": span.type} for span in clean.spans],
        "gate": {"verdict": verdict(findings), "rules": findings},
    }
    return orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE)


def _remove_all(notes: list[_Note]) -> Iterator[Deidentified]:
    readings = [[Note(text, note.known_identifiers) for text in _readings(note.text)] for note in notes]
    removed = iter(_remover().remove_all(list(chain.from_iterable(readings))))
    for note, texts in zip(notes, readings, strict=True):
        clean, *others = islice(removed, len(texts))
        yield _united(note.text, clean, others[0]) if others else clean


def _readings(text: str) -> tuple[str, ...]:
    return (blanks_for_unseen(text), without_unseen(text)) if has_unseen(text) else (text,)


def _united(text: str, blanked: Deidentified, shortened: Deidentified) -> Deidentified:
    """Return `text` without what either of its readings lost."""
    spans = settle([*blanked.spans, *in_original(text, shortened.spans)], text)
    return Deidentified(Replacement().apply(text, spans), spans)


@cache
def _remover() -> Remover:
    return Remover()


def _kind_and_place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    return f"{type(error).__name__} at {Path(ours[-1].filename).relative_to(_PACKAGE)}, line {ours[-1].lineno}"
