"""FHIR R4 DocumentReference resources: one a file, a Bundle of them, or one a line (.ndjson).

A Bundle may bring the people and places that its documents refer to; whatever else stands in it is no note.
FHIR R4: https://hl7.org/fhir/R4/documentreference.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from edscribe_pipelines.intake.notes.attachments import attached_text
from edscribe_pipelines.intake.notes.fhir_names import PEOPLE_AND_PLACES, Resource, names_in, patient_of
from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.json_lines import json_lines, parse_json
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines.intake.notes.note_lines import refused_line
from edscribe_pipelines.intake.notes.plain_text import settle
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines.intake.notes.word import LARGEST_DOCX

_LARGEST_FILE = 64_000_000
"""Bytes of a .json file, which is read whole; more documents than that come as .ndjson."""

_LONGEST_LINE = 4 * LARGEST_DOCX // 3 + 1_000_000
"""Characters: a .docx in base64 and the resource around it."""


def notes_in_resource(file: NoteFile) -> Iterator[FoundNote | RefusedNote]:
    """Yield the notes of a `.json` file, which is one DocumentReference or a Bundle."""
    yield from _notes(parse_json(file.read(_LARGEST_FILE)), file.name)


def notes_in_resources(file: NoteFile) -> Iterator[FoundNote | RefusedNote]:
    """Yield the notes of a `.ndjson` file, and the lines that are none."""
    with file.open() as stream:
        for line in json_lines(stream, _LONGEST_LINE):
            place = f"{file.name}, line {line.number}"
            try:
                yield from _notes(line.parsed(), place)
            except Refused as refusal:
                yield refused_line(line, place, refusal)


def _notes(parsed: object, place: str) -> Iterator[FoundNote | RefusedNote]:
    if _type_of(parsed) != "Bundle":
        yield _note(parsed, place, {})
        return
    entries = [entry if isinstance(entry, dict) else {} for entry in _list(parsed, "entry")]
    others = dict(_by_reference(entries))
    for number, entry in enumerate(entries, start=1):
        resource = entry.get("resource")
        if _type_of(resource) not in PEOPLE_AND_PLACES:
            yield _note_or_refusal(resource, f"{place}, entry {number}", others)


def _note_or_refusal(resource: object, place: str, others: dict[str, Resource]) -> FoundNote | RefusedNote:
    try:
        return _note(resource, place, others)
    except Refused as refusal:
        field = f", field {refusal.field}" if refusal.field else ""
        return RefusedNote(refusal.reason, place + field, _digest(resource))


def _note(resource: object, place: str, others: dict[str, Resource]) -> FoundNote:
    if _type_of(resource) != "DocumentReference":
        raise Refused("not_a_note")
    document = _validated(resource)
    if document.get("status") != "current" or document.get("docStatus") == "entered-in-error":
        raise Refused("not_current")
    contained = {f"#{each.get('id')}": each for each in document.get("contained", [])}
    return FoundNote(
        note_id=_id_of(document),
        text=settle(attached_text([content.get("attachment", {}) for content in document.get("content", [])])),
        place=place,
        patient_id=patient_of(document, others | contained),
        known_identifiers=names_in(document, others),
    )


def _validated(resource: object) -> Resource:
    """Return the resource held to R4, without nulls. Raises Refused naming the field that breaks it."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    try:
        get_fhir_model_class(_type_of(resource)).model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Refused("resource_invalid", ".".join(map(str, first["loc"]))) from None
    except (AttributeError, LookupError, RecursionError, TypeError):  # What fhir.resources itself trips over.
        raise Refused("resource_invalid") from None
    return _without_nulls(resource)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value if each is not None] if isinstance(value, list) else value


def _id_of(document: Resource) -> str:
    identifiers = [document.get("masterIdentifier", {}), *document.get("identifier", [])]
    values = [identifier.get("value") for identifier in identifiers]
    return next(filter(None, [*values, document.get("id")]), None) or _digest(document)


def _by_reference(entries: list[dict[str, Any]]) -> Iterator[tuple[str, Resource]]:
    """Yield the people and places of a Bundle by what refers to them. Raises Refused where one breaks R4: what it
    cannot name would not be removed."""
    for entry in entries:
        if _type_of(entry.get("resource")) in PEOPLE_AND_PLACES:
            resource = _validated(entry["resource"])
            yield f"{resource['resourceType']}/{resource.get('id')}", resource
            yield str(entry.get("fullUrl")), resource


def _type_of(parsed: object) -> str:
    return str(parsed.get("resourceType")) if isinstance(parsed, dict) else ""


def _list(parsed: object, name: str) -> list[Any]:
    value = parsed.get(name) if isinstance(parsed, dict) else None
    return value if isinstance(value, list) else []


def _digest(resource: object) -> str:
    return hashlib.sha256(orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)).hexdigest()
