"""The schemas of Google's APIs as Google publishes them, in the copies that google-api-python-client ships."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_TYPES = {"string": str, "boolean": bool, "integer": int, "number": float, "object": dict, "array": list, "any": object}


class NotInSchema(Exception):
    """The names of the fields that the published schema does not have, or has otherwise."""


@cache
def document(api: str) -> dict[str, Any]:
    return json.loads((_DOCUMENTS / f"{api}.json").read_text(encoding="utf-8"))


def methods() -> dict[str, dict[str, Any]]:
    """Return every method of healthcare.v1 by its id, `healthcare.projects.locations.datasets.fhirStores.get`."""
    return {method["id"]: method for method in _methods(document("healthcare.v1"))}


def _methods(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def conforming(name: str, body: dict[str, Any], api: str = "healthcare.v1") -> dict[str, Any]:
    """Return `body`, which conforms to the schema `name`. Raises NotInSchema otherwise."""
    schemas = document(api)["schemas"]
    if faults := list(_faults(schemas, {"$ref": name}, body, name)):
        raise NotInSchema("; ".join(faults))
    return body


def _faults(schemas: Mapping[str, Any], schema: Mapping[str, Any], value: object, place: str) -> Iterator[str]:
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    kind = schema["type"]
    if not isinstance(value, _TYPES[kind]) or (kind == "integer" and isinstance(value, bool)):
        yield f"{place} is no {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place} is none of its enum"
    elif isinstance(value, list):
        for item in value:
            yield from _faults(schemas, schema["items"], item, f"{place}[]")
    elif isinstance(value, dict) and kind == "object":
        for name, inner in value.items():
            known = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            yield from _faults(schemas, known, inner, f"{place}.{name}") if known else [f"Unknown name {place}.{name}"]
