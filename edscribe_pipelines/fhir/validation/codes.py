"""Codes out of the value sets of `tables/required_codes.csv`: R4's required ones, and narrower ones of this export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.tables import read_table

_MUST_MATCH = ("required", "narrower")
"""Strengths that leave no room for another system or mere text."""


@dataclass(frozen=True)
class CodedElement:
    """One row: the codes of `path`. `system` is empty where the element is a bare code."""

    path: tuple[str, ...]
    is_needed: bool
    system: str
    codes: frozenset[str]
    must_match: bool

    def allows(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self.codes
        codings = [coding for coding in value.get("coding", (value,)) if coding.get("system") == self.system]
        return all(coding.get("code") in self.codes for coding in codings) and (bool(codings) or not self.must_match)


def code_rules(resource: Resource) -> Iterator[str]:
    """Yield the coded elements of `resource` that are missing or hold a code that is not allowed there."""
    kind = resource["resourceType"]
    for element in _coded_elements().get(kind, ()):
        values = _values(resource, element.path)
        if (element.is_needed and not values) or not all(element.allows(value) for value in values):
            yield f"code:{kind}.{'.'.join(element.path)}"


def _values(resource: Resource, path: tuple[str, ...]) -> list[Any]:
    if path[0] not in resource:
        return []
    values: list[Any] = [resource]
    for name in path:
        values = [child for value in values if name in value for child in _listed(value[name])]
    return values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def _coded_elements() -> dict[str, tuple[CodedElement, ...]]:
    elements: dict[str, list[CodedElement]] = defaultdict(list)
    for row in read_table("required_codes.csv", TABLES):
        elements[row["resource"]].append(
            CodedElement(
                path=tuple(row["path"].split(".")),
                is_needed=row["min"] == "1",
                system=row["system"],
                codes=frozenset(row["codes"].split()),
                must_match=row["strength"] in _MUST_MATCH,
            )
        )
    return {resource: tuple(rows) for resource, rows in elements.items()}
