"""Referential integrity, which a store of Google keeps unless disableReferentialIntegrity is set."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

_LITERAL = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


def references(value: Any) -> Iterator[str]:
    """Yield the literal references, `Patient/1`, within a resource."""
    if isinstance(value, dict):
        target = value.get("reference")
        if isinstance(target, str) and _LITERAL.fullmatch(target):
            yield target
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


class Links:
    """Who refers to whom, as written through the facade."""

    def __init__(self) -> None:
        self._targets: dict[str, set[str]] = {}
        self._referrers: defaultdict[str, set[str]] = defaultdict(set)

    def __contains__(self, reference: str) -> bool:
        return reference in self._targets

    def put(self, reference: str, resource: Any) -> None:
        self.drop(reference)
        self._targets[reference] = set(references(resource))
        for target in self._targets[reference]:
            self._referrers[target].add(reference)

    def drop(self, reference: str) -> None:
        for target in self._targets.pop(reference, ()):
            self._referrers[target].discard(reference)

    def referrers(self, reference: str) -> set[str]:
        """Return what refers to it, itself left out."""
        return self._referrers[reference] - {reference}
