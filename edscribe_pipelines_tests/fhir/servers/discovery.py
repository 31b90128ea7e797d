"""The schema of the Cloud Healthcare API v1 as Google publishes it, in the copy that google-api-python-client ships."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient

_DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "healthcare.v1.json"
_TYPES = {"string": str, "boolean": bool, "integer": int, "number": float, "object": dict, "array": list, "any": object}


class NotInSchema(Exception):
    """The names of the fields that the published schema does not have, or has otherwise."""


@cache
def document() -> dict[str, Any]:
    return json.loads(_DOCUMENT.read_text(encoding="utf-8"))


def methods() -> dict[str, dict[str, Any]]:
    """Return every published method by its id, `healthcare.projects.locations.datasets.fhirStores.get`."""
    return {method["id"]: method for method in _methods(document())}


def _methods(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def conforming(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return `body`, which conforms to the schema `name`. Raises NotInSchema otherwise."""
    faults = list(_faults(document()["schemas"][name], body, name))
    if faults:
        raise NotInSchema("; ".join(faults))
    return body


def _faults(schema: Mapping[str, Any], value: object, place: str) -> Iterator[str]:
    schema = document()["schemas"][schema["$ref"]] if "$ref" in schema else schema
    kind = schema["type"]
    if not isinstance(value, _TYPES[kind]) or (kind == "integer" and isinstance(value, bool)):
        yield f"{place} is no {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place} is none of its enum"
    elif isinstance(value, list):
        for item in value:
            yield from _faults(schema["items"], item, f"{place}[]")
    elif isinstance(value, dict) and kind == "object":
        for field, inner in value.items():
            known = schema.get("properties", {}).get(field) or schema.get("additionalProperties")
            yield from _faults(known, inner, f"{place}.{field}") if known else [f"{place}.{field} is not published"]
