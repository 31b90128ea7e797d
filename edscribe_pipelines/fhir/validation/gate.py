"""The gate: every rule, asked once of each resource and then of all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation.ai_labels import label_rules
from edscribe_pipelines.fhir.validation.ai_profiles import profile_rules
from edscribe_pipelines.fhir.validation.bundles import bundle_rules, bundled, without_resources
from edscribe_pipelines.fhir.validation.codes import code_rules
from edscribe_pipelines.fhir.validation.conditions import allergy_rules, condition_rules
from edscribe_pipelines.fhir.validation.documents import composition_rules, document_rules
from edscribe_pipelines.fhir.validation.inside import look_inside
from edscribe_pipelines.fhir.validation.labels import security_rules
from edscribe_pipelines.fhir.validation.note_documents import authorship, document_agreement
from edscribe_pipelines.fhir.validation.observations import dose_rules, observation_rules
from edscribe_pipelines.fhir.validation.problem import Problem, reference_to
from edscribe_pipelines.fhir.validation.r4 import r4_rules
from edscribe_pipelines.fhir.validation.references import id_rules, reference_rules
from edscribe_pipelines.fhir.validation.stays import encounter_rules, patient_of_stay, patient_rules

_OF_TYPE: dict[str, Callable[[Resource], Iterator[str]]] = {
    "Patient": patient_rules,
    "Encounter": encounter_rules,
    "Observation": observation_rules,
    "MedicationAdministration": dose_rules,
    "Condition": condition_rules,
    "AllergyIntolerance": allergy_rules,
    "Composition": composition_rules,
    "DocumentReference": document_rules,
    "Bundle": bundle_rules,
}
_TOGETHER = (patient_of_stay, profile_rules, label_rules, authorship, document_agreement)


def validate_resources(resources: Iterable[Resource], known: Collection[str] = ()) -> list[Problem]:
    """Return every problem of `resources`; `known` are references ("Patient/p-1") written before.

    The resources of a stay come together: what labels its note is held to the Provenance beside it. A Bundle is
    looked at itself, and each of its resources as one of `resources`. What breaks R4's definitions is told alone.
    """
    rows = [*resources]
    rows += [resource for row in rows for resource in bundled(row)]
    present = Counter(map(reference_to, rows))
    problems = [_problem(row, rule) for row in rows for rule in _rules(row, present, known)]
    if not any(problem.rule.startswith("r4:") for problem in problems):
        problems += [_problem(row, rule) for together in _TOGETHER for row, rule in together(rows)]
    return problems


def _problem(resource: Resource, rule: str) -> Problem:
    return Problem(str(resource.get("resourceType")), str(resource.get("id")), rule)


def _rules(resource: Resource, present: Counter[str], known: Collection[str]) -> Iterator[str]:
    yield from id_rules(resource, present, known)
    if broken := r4_rules(resource):
        yield from broken
        return
    kind = resource["resourceType"]
    found = look_inside(without_resources(resource))
    yield from found.rules
    yield from code_rules(resource)
    yield from reference_rules(kind, found.references, present, known)
    yield from security_rules(resource, found.inline_labels)
    if rules_of_type := _OF_TYPE.get(kind):
        yield from rules_of_type(resource)
