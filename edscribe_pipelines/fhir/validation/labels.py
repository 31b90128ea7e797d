"""Security labels: de-identified resources say so, labels are known ones, and labels of elements are announced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, TABLES
from edscribe_pipelines.fhir.elements import AI_ASSERTED, PSEUDONYMISED, Resource
from edscribe_pipelines.tables import read_table

INLINE_LABELS_INSIDE = {"system": f"{HL7_TERMINOLOGY}/v3-ActCode", "code": "PROCESSINLINELABEL"}
_ABOUT_NO_PATIENT = frozenset({"Device", "Practitioner", "PractitionerRole", "Organization", "Bundle"})


def security_rules(resource: Resource, inline_labels: Sequence[dict[str, str] | None]) -> Iterator[str]:
    labels = security_labels(resource)
    if PSEUDONYMISED not in labels and is_about_a_patient(resource):
        yield "security-label"
    codes = [(label.get("system", ""), label.get("code", "")) for label in labels]
    if not _known().issuperset(codes):
        yield "security-label-unknown"
    if len(set(codes)) < len(codes):
        yield "security-label-twice"
    if bool(inline_labels) != any(_says(label, INLINE_LABELS_INSIDE) for label in labels):
        yield "inline-labels-announced"
    if not all(label and _says(label, AI_ASSERTED) for label in inline_labels):
        yield "inline-label-unknown"


def security_labels(resource: Resource) -> list[dict[str, Any]]:
    labels: list[dict[str, Any]] = resource.get("meta", {}).get("security", [])
    return labels


def is_about_a_patient(resource: Resource) -> bool:
    """Whether the resource needs a label of de-identification; model cards and prompts have no subject."""
    kind = resource["resourceType"]
    return kind not in _ABOUT_NO_PATIENT and not (kind == "DocumentReference" and "subject" not in resource)


def _says(label: dict[str, Any], expected: dict[str, str]) -> bool:
    return expected.items() <= label.items()


@cache
def _known() -> frozenset[tuple[str, str]]:
    return frozenset((row["system"], row["code"]) for row in read_table("security_labels.csv", TABLES))
