"""Security labels: de-identified resources say so, labels are known ones, and labels of elements are announced."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.fhir.elements import AI_ASSERTED, LABELS_INSIDE, PSEUDONYMISED, Resource
from edscribe_pipelines.tables import read_table

Label = tuple[str | None, str | None]
"""System and code."""

_ABOUT_NO_PATIENT = frozenset({"Device", "Practitioner", "PractitionerRole", "Organization", "Bundle"})


def security_rules(resource: Resource, inline_labels: Sequence[dict[str, str] | None]) -> tuple[str, ...]:
    """Return what is wrong with the labels of a resource and with `inline_labels`, those of elements inside it."""
    labels = tuple(map(_code, resource.get("meta", {}).get("security", ())))
    broken = _broken(labels, is_about_a_patient(resource), bool(inline_labels))
    if not all(label and _code(label) == _code(AI_ASSERTED) for label in inline_labels):
        return (*broken, "inline-label-unknown")
    return broken


@lru_cache(maxsize=256)
def _broken(labels: tuple[Label, ...], is_about_a_patient: bool, has_inline_labels: bool) -> tuple[str, ...]:
    rules = {
        "security-label": is_about_a_patient and _code(PSEUDONYMISED) not in labels,
        "security-label-unknown": not _known().issuperset(labels),
        "security-label-twice": len(set(labels)) < len(labels),
        "inline-labels-announced": has_inline_labels != (_code(LABELS_INSIDE) in labels),
    }
    return tuple(rule for rule, is_broken in rules.items() if is_broken)


def carries(resource: Resource, label: dict[str, str]) -> bool:
    """Whether the resource as a whole has the security label."""
    return _code(label) in [_code(present) for present in resource.get("meta", {}).get("security", ())]


def is_about_a_patient(resource: Resource) -> bool:
    """Whether the resource needs a label of de-identification; model cards and prompts have no subject."""
    kind = resource["resourceType"]
    return kind not in _ABOUT_NO_PATIENT and not (kind == "DocumentReference" and "subject" not in resource)


def _code(label: dict[str, str]) -> Label:
    return label.get("system"), label.get("code")


@cache
def _known() -> frozenset[Label]:
    return frozenset(_code(row) for row in read_table("security_labels.csv", TABLES))
