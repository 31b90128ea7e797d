"""Batches of invented notes, in each format that a hospital may send."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import docx
import orjson

TEXT = "CC: Chest pain\n\nHPI: Marisol Ybarra is a 54 year old woman.\n\nDisposition: Admitted because of pain."
LINE: dict[str, Any] = {
    "note_id": "note-1",
    "patient_id": "MRN-88410277",
    "authorisation_id": "authorisation-1",
    "text": TEXT,
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def write_batch(folder: Path, *lines: Any, name: str = "notes.jsonl", manifest: Any = None) -> Path:
    folder.mkdir(exist_ok=True)
    if lines:
        (folder / name).write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    if manifest is not None:
        (folder / "batch.json").write_bytes(orjson.dumps(manifest))
    return folder


def attachment(text: str | bytes = TEXT, content_type: str = "text/plain") -> dict[str, Any]:
    content = text.encode() if isinstance(text, str) else text
    return {"contentType": content_type, "data": base64.b64encode(content).decode()}


def document_reference(*attachments: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a DocumentReference of a note; a change to None takes an element away."""
    resource = {
        "resourceType": "DocumentReference",
        "id": "doc-1",
        "status": "current",
        "subject": {"reference": "Patient/88410277"},
        "content": [{"attachment": each} for each in attachments or (attachment(),)],
    } | changes
    return {name: value for name, value in resource.items() if value is not None}


def bundle(*resources: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def word(paragraphs: Iterable[str | tuple[str, str]]) -> bytes:
    """Return a .docx of paragraphs, each a text or a (text, style)."""
    document = docx.Document()
    for paragraph in paragraphs:
        text, style = paragraph if isinstance(paragraph, tuple) else (paragraph, "Normal")
        document.add_paragraph(text, style)
    return saved(document)


def saved(document: Any) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
