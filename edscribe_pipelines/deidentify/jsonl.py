"""De-identification of JSON Lines: `{"id", "text"[, "known_identifiers"]}` in, text, spans and verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.checking.gate import phi_findings, verdict
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.errors import BadInput

UNSPECIFIED = "unspecified"
"""The kind of a known identifier that came as a plain string."""

_REMEDY = 'Write {"id": "...", "text": "...", "known_identifiers": [{"kind": "patient_name", "value": "..."}]}.'
_SHAPE = "neither a string nor an object with the strings kind and value"


def deidentify_lines(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Yield `{"id", "text", "spans", "gate"}` for each (place, object); spans count the input's characters.

    Raises BadInput naming place and field, never a value.
    """
    remover = Remover()
    for place, row in rows:
        known = list(_known_identifiers(row, place))
        clean = remover.remove(_text(row, place), known)
        findings = phi_findings(clean.text, known)
        yield {
            "id": _id(row, place),
            "text": clean.text,
            "spans": [{"start": span.start, "end": span.end, "type": span.type} for span in clean.spans],
            "gate": {"verdict": verdict(findings), "rules": findings},
        }


def _id(row: dict[str, Any], place: str) -> str | int:
    value = row.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadInput(place, "missing, or neither a string nor an integer", field="id", remedy=_REMEDY)
    return value


def _text(row: dict[str, Any], place: str) -> str:
    if not isinstance(row.get("text"), str):
        raise BadInput(place, "missing or not a string", field="text", remedy=_REMEDY)
    return row["text"]


def _known_identifiers(row: dict[str, Any], place: str) -> Iterator[Identifier]:
    given = row.get("known_identifiers") or []
    if not isinstance(given, list):
        raise BadInput(place, "not a list", field="known_identifiers", remedy=_REMEDY)
    for number, item in enumerate(given):
        yield _identifier(item, place, f"known_identifiers.{number}")


def _identifier(item: Any, place: str, field: str) -> Identifier:
    if isinstance(item, str):
        return {"kind": UNSPECIFIED, "value": item}
    if isinstance(item, dict) and isinstance(item.get("kind"), str) and isinstance(item.get("value"), str):
        return {"kind": item["kind"], "value": item["value"]}
    raise BadInput(place, _SHAPE, field=field, remedy=_REMEDY)
