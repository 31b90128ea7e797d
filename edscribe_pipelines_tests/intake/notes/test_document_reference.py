import io
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from edscribe_pipelines.intake.notes.document_reference import notes_in_resource, notes_in_resources
from edscribe_pipelines.intake.notes.found_notes import FoundNote, RefusedNote
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines_tests.intake.notes.batches import TEXT, attachment, bundle, document_reference


def file_of(content: bytes, name: str = "doc.json") -> NoteFile:
    return NoteFile(name, len(content), lambda: io.BytesIO(content))


def read(resource: Any) -> list[FoundNote | RefusedNote]:
    return list(notes_in_resource(file_of(orjson.dumps(resource))))


def note_of(resource: Any) -> FoundNote:
    (found,) = read(resource)
    assert isinstance(found, FoundNote)
    return found


def refusal_of(resource: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        read(resource)
    return refused.value


def reasons(found: Iterator[FoundNote | RefusedNote]) -> list[str]:
    return [each.reason if isinstance(each, RefusedNote) else "taken" for each in found]


def test_note_is_the_text_that_is_attached() -> None:
    assert note_of(document_reference()).text == TEXT
    assert refusal_of(document_reference(attachment(" \n "))).reason == "empty"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": None}, "status"),
        ({"content": None}, "content"),
        ({"subject": {"display": 88410277}}, "subject.display"),
        ({"surname": "Ybarra"}, "surname"),
    ],
)
def test_resource_that_breaks_r4_is_refused_naming_its_field(changes: dict[str, Any], field: str) -> None:
    refused = refusal_of(document_reference(**changes))
    assert (refused.reason, refused.field) == ("resource_invalid", field)


@pytest.mark.parametrize("kind", [["Patient"], 7])
def test_resource_that_the_validator_trips_over_is_refused(kind: Any) -> None:
    assert refusal_of(document_reference(contained=[{"resourceType": kind}])).reason == "resource_invalid"


def test_resource_of_too_many_levels_is_refused() -> None:
    levels = b'{"url": "urn:x", "extension": [' * 400 + b"{}" + b"]}" * 400
    content = orjson.dumps(document_reference())[:-1] + b', "extension": [' + levels + b"]}"
    with pytest.raises(Refused, match="resource_invalid"):
        list(notes_in_resource(file_of(content)))


def test_content_without_an_attachment_holds_no_note() -> None:
    assert refusal_of(document_reference(content=[{"attachment": None}])).reason == "unsupported_attachment"


@pytest.mark.parametrize(
    "changes", [{"status": "superseded"}, {"status": "entered-in-error"}, {"docStatus": "entered-in-error"}]
)
def test_document_that_no_longer_holds_is_refused(changes: dict[str, Any]) -> None:
    assert refusal_of(document_reference(**changes)).reason == "not_current"


@pytest.mark.parametrize(
    "parsed", [[], "CC: Cough", 7, None, {}, {"resourceType": ["Bundle"]}, {"resourceType": "Observation"}]
)
def test_json_that_is_no_document_is_refused(parsed: Any) -> None:
    assert refusal_of(parsed).reason == "not_a_note"


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(Refused, match="not_json"):
        list(notes_in_resource(file_of(b"{")))


def test_nulls_count_as_absent() -> None:
    found = note_of(document_reference() | {"author": None, "custodian": None, "contained": None})
    assert (found.note_id, found.known_identifiers) == ("doc-1", [])


@pytest.mark.parametrize(
    ("changes", "note_id"),
    [
        ({"masterIdentifier": {"value": "M-1"}, "identifier": [{"value": "I-1"}]}, "M-1"),
        ({"identifier": [{"system": "urn:x"}, {"value": "I-1"}]}, "I-1"),
        ({}, "doc-1"),
    ],
)
def test_id_is_the_documents_own_identifier_or_the_servers(changes: dict[str, Any], note_id: str) -> None:
    assert note_of(document_reference(**changes)).note_id == note_id


def test_documents_without_an_id_keep_apart() -> None:
    one, two = (note_of(document_reference(attachment(text), id=None)).note_id for text in ("CC: a", "CC: b"))
    assert one != two


def test_bundle_gives_its_documents_and_refuses_what_is_none() -> None:
    person = {"resourceType": "Patient", "id": "88410277", "name": [{"family": "Ybarra", "given": ["Marisol"]}]}
    found = read(
        bundle(
            person, document_reference(), {"resourceType": "Observation"}, None, document_reference(status="superseded")
        )
    )
    assert reasons(found) == ["taken", "not_a_note", "not_a_note", "not_current"]
    assert [each.place for each in found] == [f"doc.json, entry {number}" for number in (2, 3, 4, 5)]
    assert {"kind": "patient_name", "value": "Marisol Ybarra"} in found[0].known_identifiers


def test_bundle_with_a_person_who_breaks_r4_is_refused_whole() -> None:
    refused = refusal_of(bundle({"resourceType": "Patient", "id": "1", "name": "Ybarra"}, document_reference()))
    assert (refused.reason, refused.field) == ("resource_invalid", "name")


@pytest.mark.parametrize("entries", [None, "x", [None, 3]])
def test_bundle_that_is_none_gives_no_note(entries: Any) -> None:
    found = read({"resourceType": "Bundle", "entry": entries})
    assert reasons(found) == ["not_a_note"] * (2 if isinstance(entries, list) else 0)


def test_lines_are_read_apart() -> None:
    lines = [orjson.dumps(document_reference(id="a")), b"{", b"{}", orjson.dumps(document_reference(id="b"))]
    found = list(notes_in_resources(file_of(b"\n".join(lines), "doc.ndjson")))
    assert reasons(found) == ["taken", "not_json", "not_a_note", "taken"]
    assert [each.place for each in found] == [f"doc.ndjson, line {number}" for number in (1, 2, 3, 4)]


def test_file_too_large_to_hold_is_refused_unread() -> None:
    def never() -> io.BytesIO:
        raise AssertionError("opened")

    with pytest.raises(Refused, match="too_long"):
        list(notes_in_resource(NoteFile("doc.json", 70_000_000, never)))
