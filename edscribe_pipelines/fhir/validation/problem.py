"""What the gate tells, and how it names a resource."""

from __future__ import annotations

from dataclasses import dataclass

from edscribe_pipelines.fhir.elements import Resource


@dataclass(frozen=True)
class Problem:
    """A resource that breaks `rule`: an `r4:` path of fhirkit, a `code:` path or an `invariant:` of a table, or a rule
    of this package."""

    resource_type: str
    id: str
    rule: str


def reference_to(resource: Resource) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"
