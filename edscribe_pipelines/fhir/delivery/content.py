"""What a resource says, apart from what a server adds to it: two copies are the same where their contents are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from edscribe_pipelines.fhir.elements import Resource


_ADDED_BY_SERVERS = ("versionId", "lastUpdated", "source")
"""Elements of `meta` that a server writes (R4, resource.html#Meta)."""


def content_hash(resource: Resource) -> str:
    """Return the SHA-256 of a resource's content, whatever the order of its elements."""
    return hashlib.sha256(orjson.dumps(_without_additions(resource), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _without_additions(resource: Resource) -> Resource:
    meta = {name: value for name, value in resource.get("meta", {}).items() if name not in _ADDED_BY_SERVERS}
    rest = {name: value for name, value in resource.items() if name != "meta"}
    return rest | ({"meta": meta} if meta else {})


def references_in(value: Any) -> Iterator[str]:
    """Yield every literal reference ("Patient/p-1") inside a resource, at any depth."""
    if isinstance(value, dict):
        if isinstance(found := value.get("reference"), str):
            yield found
        for child in value.values():
            yield from references_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from references_in(child)
