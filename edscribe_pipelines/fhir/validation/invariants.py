"""Invariants that compare the names of an object's elements, as rows of `tables/invariants.csv`.

Relations: `requires`, where `when` stands, all of these; `excludes`, where `when` stands, none of these; `one-of`,
always at least one of these. A choice of types is written `value[x]`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table


@dataclass(frozen=True)
class Invariant:
    """One row; `elements` are the names of the elements, or types of resources, that it holds for.

    The other elements are `names`, each also as `_name`, where a primitive has only extensions, and `choices`, the
    beginnings of names.
    """

    key: str
    elements: tuple[str, ...]
    when: str
    relation: str
    names: tuple[frozenset[str], ...]
    choices: tuple[str, ...]

    def broken_by(self, element: dict[str, Any]) -> str | None:
        if self.when and self.when not in element:
            return None
        return None if _RELATIONS[self.relation](self, element) else f"invariant:{self.key}"

    def has_any(self, element: dict[str, Any]) -> bool:
        for spellings in self.names:
            if not spellings.isdisjoint(element):
                return True
        return bool(self.choices) and self._has_choice(element)

    def has_all(self, element: dict[str, Any]) -> bool:
        return all(not spellings.isdisjoint(element) for spellings in self.names)

    def _has_choice(self, element: dict[str, Any]) -> bool:
        return any(key.startswith(self.choices) for key in element)


_RELATIONS: dict[str, Callable[[Invariant, dict[str, Any]], bool]] = {
    "requires": Invariant.has_all,
    "excludes": lambda invariant, element: not invariant.has_any(element),
    "one-of": Invariant.has_any,
}


@cache
def invariants() -> tuple[Invariant, ...]:
    return tuple(_invariant(row) for row in read_table("invariants.csv", TABLES))


def _invariant(row: dict[str, str]) -> Invariant:
    others = row["elements"].split()
    names = tuple(frozenset((name, f"_{name}")) for name in others if not name.endswith("[x]"))
    choices = [name.removesuffix("[x]") for name in others if name.endswith("[x]")]
    spelled = tuple(spelling for choice in choices for spelling in (choice, f"_{choice}"))
    return Invariant(row["key"], tuple(row["on"].split()), row["when"], row["relation"], names, spelled)
