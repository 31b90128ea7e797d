"""Invariants that compare the names of an object's elements, as rows of `tables/invariants.csv`.

Relations: `requires`, where `when` stands, all of these; `excludes`, where `when` stands, none of these; `one-of`,
always at least one of these. A choice of types is written `value[x]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table


@dataclass(frozen=True)
class Invariant:
    """One row; `elements` are the names of the elements, or types of resources, that it holds for."""

    key: str
    elements: tuple[str, ...]
    when: str
    relation: str
    others: tuple[str, ...]

    def broken_by(self, element: dict[str, Any]) -> Iterator[str]:
        if self.when and self.when not in element:
            return
        present = [_stands_in(element, other) for other in self.others]
        holds = {"requires": all(present), "excludes": not any(present), "one-of": any(present)}
        if not holds[self.relation]:
            yield f"invariant:{self.key}"


def _stands_in(element: dict[str, Any], name: str) -> bool:
    if not name.endswith("[x]"):
        return name in element or f"_{name}" in element
    return any(key.removeprefix("_").startswith(name[:-3]) for key in element)


@cache
def invariants() -> tuple[Invariant, ...]:
    return tuple(
        Invariant(row["key"], tuple(row["on"].split()), row["when"], row["relation"], tuple(row["elements"].split()))
        for row in read_table("invariants.csv", TABLES)
    )
