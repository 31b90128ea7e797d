"""Ids and references: every id is FHIR's and stands once, every reference resolves to a type that R4 allows there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation.problem import reference_to
from edscribe_pipelines.tables import read_table

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def id_rules(resource: Resource, present: Counter[str], known: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the id; a Bundle that is sent needs none."""
    identity = resource.get("id")
    if identity is None and resource.get("resourceType") == "Bundle":
        return
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        yield "id-format"
    reference = reference_to(resource)
    if present[reference] > 1 or reference in known:
        yield "id-duplicate"


def reference_rules(
    resource_type: str, references: Iterable[tuple[str, str]], present: Collection[str], known: Collection[str]
) -> Iterator[str]:
    """Yield what is wrong with the (element, reference) pairs of a resource."""
    targets = _targets()
    for element, reference in references:
        if reference not in present and reference not in known:
            yield "reference-dangling"
        allowed = targets.get((resource_type, element))
        if allowed is not None and reference.partition("/")[0] not in allowed:
            yield f"reference-type:{resource_type}.{element}"


@cache
def _targets() -> dict[tuple[str, str], frozenset[str]]:
    rows = read_table("reference_targets.csv", TABLES)
    return {(row["resource"], row["element"]): frozenset(row["targets"].split()) for row in rows}
