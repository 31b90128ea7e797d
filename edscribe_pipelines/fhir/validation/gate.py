"""The gate: every rule, asked once of each resource and then of all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import orjson

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


def validate_resources(
    resources: Iterable[Resource], known: Collection[str] = (), written: Sequence[bytes] = ()
) -> list[Problem]:
    """Return every problem of `resources`; `known` are references ("Patient/p-1") written before, `written` the
    resources as JSON where that is at hand.

    The resources of a stay come together: what labels its note is held to the Provenance beside it. A Bundle is
    looked at itself, and each of its resources as one of `resources`. What breaks R4's definitions is told alone.
    """
    rows = [*resources]
    rows += [resource for row in rows for resource in bundled(row)]
    lines = [*written, *map(orjson.dumps, rows[len(written) :])]
    present = Counter(map(reference_to, rows))
    found = [*_broken(rows, lambda row: id_rules(row, present, known))]
    found += [(row, rule) for row, line in zip(rows, lines, strict=True) for rule in r4_rules(line)]
    refused = {id(row) for row, rule in found if rule.startswith("r4:")}
    sound = [row for row in rows if id(row) not in refused]
    found += _rules_alone(sound, present, known)
    if not refused:
        found += [pair for together in _TOGETHER for pair in together(rows)]
    return [Problem(str(row.get("resourceType")), str(row.get("id")), rule) for row, rule in found]


def _rules_alone(
    rows: Sequence[Resource], present: Collection[str], known: Collection[str]
) -> Iterator[tuple[Resource, str]]:
    """Yield what is wrong with each resource by itself. A pass over all for each kind of rule is a fifth faster than
    all rules for each resource, as what a rule needs stays in the processor's cache."""
    insides = [look_inside(without_resources(row)) for row in rows]
    for row, inside in zip(rows, insides, strict=True):
        inside.rules += reference_rules(row["resourceType"], inside.references, present, known)
        inside.rules += security_rules(row, inside.inline_labels)
        if inside.rules:
            yield from ((row, rule) for rule in inside.rules)
    yield from _broken(rows, code_rules)
    for row in rows:
        if rules_of_type := _OF_TYPE.get(row["resourceType"]):
            yield from ((row, rule) for rule in rules_of_type(row))


def _broken(rows: Sequence[Resource], rules: Callable[[Resource], Iterable[str]]) -> list[tuple[Resource, str]]:
    return [(row, rule) for row in rows for rule in rules(row)]
