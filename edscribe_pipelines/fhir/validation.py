"""What is wrong with a set of resources, by rule and never by content.

fhirkit holds each resource to the R4 definitions. It does not look at required codes, ids, narrative,
units or references, and no R4 validator that was tried does for all of them: those rules are here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import fhirkit
import orjson

from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.fhir.ai_transparency import is_of_a_model
from edscribe_pipelines.fhir.codes import (
    DOSE_UNITS,
    ESI_LOINC,
    LOINC,
    UCUM,
    esi_answers,
    section_loincs,
    units_by_loinc,
)
from edscribe_pipelines.fhir.elements import PSEUDONYMISED, Resource
from edscribe_pipelines.fhir.narrative import is_narrative


@dataclass(frozen=True)
class Problem:
    """A resource that breaks `rule`: an `r4:` path of fhirkit, or a rule of this module."""

    resource_type: str
    id: str
    rule: str


_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_INDEX = re.compile(r"\[\d+\]")
_FINER_THAN_A_YEAR = re.compile(r"\d{4}-\d{2}(-\d{2}(T.*)?)?")
_REQUIRED_CODES = {
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("Encounter", "status"): {"finished"},
    ("Observation", "status"): {"final"},
    ("MedicationStatement", "status"): {"unknown"},
    ("MedicationDispense", "status"): {"completed"},
    ("MedicationAdministration", "status"): {"completed"},
    ("Composition", "status"): {"preliminary", "final", "amended", "entered-in-error"},
}
"""The codes of the R4 value sets that finished stays and their documents may use."""


def validate_resources(resources: Iterable[Resource], known: Collection[str] = ()) -> list[Problem]:
    """Return every problem of `resources`; `known` are references ("Patient/p-1") written before."""
    rows = list(resources)
    present = Counter(reference_to(row) for row in rows)
    problems = []
    for row in rows:
        rules = [*_r4(row), *(rule for rule, holds in _RULES.items() if not holds(row))]
        for name, text in _texts(row):
            if name == "reference" and text not in present and text not in known:
                rules.append("reference-dangling")
            rules += _text_rules(name, text)
        rules += ["id-duplicate"] if present[reference_to(row)] > 1 or reference_to(row) in known else []
        problems += [Problem(str(row.get("resourceType")), str(row.get("id")), rule) for rule in rules]
    return problems


def reference_to(resource: Resource) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def _r4(resource: Resource) -> Iterator[str]:
    """Yield the paths that fhirkit objects to, without indexes; its messages quote values and are dropped."""
    issues = fhirkit.validate(orjson.dumps(resource))
    yield from ("r4:" + _INDEX.sub("", issue.path) for issue in issues if issue.severity == "error")


def _text_rules(name: str, text: str) -> list[str]:
    if name == "div" and not is_narrative(text):
        return ["narrative-xhtml"]
    if not text.strip():
        return ["blank-string"]
    return ["date-finer-than-year"] if _FINER_THAN_A_YEAR.fullmatch(text) else []


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, text) of every string inside a resource, at any depth."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _texts(child, key)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child, name)


def _has_valid_id(resource: Resource) -> bool:
    return _ID.fullmatch(str(resource.get("id"))) is not None


def _has_required_codes(resource: Resource) -> bool:
    kind = resource.get("resourceType")
    return all(
        resource[name] in allowed for (of, name), allowed in _REQUIRED_CODES.items() if of == kind and name in resource
    )


def _is_labelled(resource: Resource) -> bool:
    labels = resource.get("meta", {}).get("security", [])
    return PSEUDONYMISED in labels or resource.get("resourceType") == "Device" or is_of_a_model(resource)


def _has_ucum_system(resource: Resource) -> bool:
    return all(measured["valueQuantity"].get("system") == UCUM for measured in _measured(resource))


def _has_unit_of_its_loinc(resource: Resource) -> bool:
    return all(
        measured["valueQuantity"].get("code") in units_by_loinc().get(_first_loinc(measured), frozenset())
        for measured in _measured(resource)
    )


def _measured(resource: Resource) -> Iterator[Resource]:
    """Yield an Observation and its components as far as each holds a Quantity."""
    if resource.get("resourceType") == "Observation":
        yield from (part for part in (resource, *resource.get("component", ())) if "valueQuantity" in part)


def _first_loinc(coded: Resource) -> str:
    codings = coded.get("code", {}).get("coding", [])
    return next((coding.get("code", "") for coding in codings if coding.get("system") == LOINC), "")


def _has_unit_of_dose(resource: Resource) -> bool:
    if resource.get("resourceType") != "MedicationAdministration":
        return True
    dose = resource.get("dosage", {}).get("dose", {})
    return dose.get("system") == UCUM and dose.get("code") in DOSE_UNITS.values()


def _has_severity_answer(resource: Resource) -> bool:
    if resource.get("resourceType") != "Observation" or _first_loinc(resource) != ESI_LOINC:
        return True
    answers = {answer for answer, _ in esi_answers().values()}
    return _first_loinc({"code": resource.get("valueCodeableConcept", {})}) in answers


def _has_twelve_sections(resource: Resource) -> bool:
    if resource.get("resourceType") != "Composition":
        return True
    expected = [section_loincs()[section][0] for section in SECTIONS]
    return [_first_loinc(section) for section in resource.get("section", [])] == expected


_RULES: dict[str, Callable[[Resource], bool]] = {
    "id-format": _has_valid_id,
    "required-code": _has_required_codes,
    "security-label": _is_labelled,
    "ucum-system": _has_ucum_system,
    "ucum-code": _has_unit_of_its_loinc,
    "dose-unit": _has_unit_of_dose,
    "esi-answer": _has_severity_answer,
    "composition-sections": _has_twelve_sections,
}
