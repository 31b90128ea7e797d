"""Invariants that compare the names of an object's elements, as rows of `tables/invariants.csv`.

Relations: `one-of`, at least one of the elements stands; `excludes`, none of them does. Both hold where the element
`when` stands, or always where it is empty. A choice of types is written as its names in R4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table


@dataclass(frozen=True)
class Invariant:
    """One row; `on` are the names of elements, or types of resources. A primitive that has only extensions stands as
    `_name`, so `elements` has both spellings."""

    key: str
    on: tuple[str, ...]
    when: str
    excludes: bool
    elements: frozenset[str]

    def broken_by(self, element: dict[str, Any]) -> str | None:
        if self.when and self.when not in element:
            return None
        return None if self.elements.isdisjoint(element) is self.excludes else f"invariant:{self.key}"


@cache
def invariants() -> tuple[Invariant, ...]:
    return tuple(
        Invariant(
            key=row["key"],
            on=tuple(row["on"].split()),
            when=row["when"],
            excludes=row["relation"] == "excludes",
            elements=frozenset(spelled for name in row["elements"].split() for spelled in (name, f"_{name}")),
        )
        for row in read_table("invariants.csv", TABLES)
    )
