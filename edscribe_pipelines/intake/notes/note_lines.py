"""A batch's `.jsonl` files: a note a line, as a record system exports it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, NotRequired

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.clinical.stated.note_facts import NoteFacts
from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.json_lines import JsonLine, json_lines
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines.intake.notes.plain_text import LONGEST_NOTE, settle
from edscribe_pipelines.intake.notes.refusals import Refused

_LONGEST_LINE = 6 * LONGEST_NOTE + 1_000_000
"""Characters: a note all in JSON escapes (six characters for one) and the facts beside it."""

SourceId = Annotated[str, Field(min_length=1)]


@with_config(ConfigDict(extra="forbid", hide_input_in_errors=True))
class NoteLine(TypedDict):
    """A line of a batch."""

    note_id: SourceId
    patient_id: SourceId
    text: str
    authorisation_id: NotRequired[str | None]
    known_identifiers: NotRequired[list[Identifier]]
    facts: NotRequired[NoteFacts]


_ADAPTER = TypeAdapter(NoteLine)


def notes_in_lines(file: NoteFile) -> Iterator[FoundNote | RefusedNote]:
    """Yield the notes of a `.jsonl` file, and the lines that are none."""
    with file.open() as stream:
        for line in json_lines(stream, _LONGEST_LINE):
            place = f"{file.name}, line {line.number}"
            try:
                yield _note(_validated(line.parsed()), place)
            except Refused as refusal:
                yield refused_line(line, place, refusal)


def refused_line(line: JsonLine, place: str, refusal: Refused) -> RefusedNote:
    content = place if line.content is None else hashlib.sha256(line.content.strip()).hexdigest()
    return RefusedNote(refusal.reason, f"{place}, field {refusal.field}" if refusal.field else place, content)


def _validated(row: object) -> NoteLine:
    try:
        line = _ADAPTER.validate_python(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Refused("line_invalid", ".".join(map(str, first["loc"])) or None) from None
    if not _fits(line.get("facts", {})):
        raise Refused("line_invalid", "facts")
    return line


def _fits(facts: NoteFacts) -> bool:
    """Whether every whole number of the facts has a place in a column."""
    try:
        orjson.dumps(facts, option=orjson.OPT_STRICT_INTEGER)
    except orjson.JSONEncodeError:
        return False
    return True


def _note(line: NoteLine, place: str) -> FoundNote:
    return FoundNote(
        note_id=line["note_id"],
        text=settle(line["text"]),
        place=place,
        patient_id=line["patient_id"],
        authorisation_id=line.get("authorisation_id"),
        known_identifiers=line.get("known_identifiers", []),
        facts=line.get("facts", {}),
    )
