"""Patients and stays: nothing identifies the patient, and all that happened in a stay happened to one patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.validation.problem import reference_to

_NOT_IDENTIFYING = frozenset({"resourceType", "id", "meta", "gender", "birthDate", "_birthDate", "extension"})
"""What is left of a Patient without the identifiers of 45 CFR 164.514(b)(2)(i); a birth date is a year at most."""


def patient_rules(patient: Resource) -> Iterator[str]:
    if not patient.keys() <= _NOT_IDENTIFYING:
        yield "patient-identifying"


def encounter_rules(encounter: Resource) -> Iterator[str]:
    ranks = [diagnosis["rank"] for diagnosis in encounter.get("diagnosis", ()) if "rank" in diagnosis]
    if len(set(ranks)) < len(ranks):
        yield "diagnosis-rank-twice"


def patient_of_stay(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """Yield the resources that are about another patient than their stay is."""
    patients = {reference_to(row): _patient(row) for row in rows if row["resourceType"] == "Encounter"}
    for row in rows:
        if (stay := _stay(row)) in patients and _patient(row) != patients[stay]:
            yield row, "patient-of-another-stay"


def _patient(resource: Resource) -> str | None:
    reference: str | None = (resource.get("subject") or resource.get("patient") or {}).get("reference")
    return reference


def _stay(resource: Resource) -> str | None:
    """Return the reference to the stay, which R4 keeps under three names."""
    stay = resource.get("encounter") or resource.get("context") or {}
    listed = stay.get("encounter")
    reference: str | None = (listed[0] if listed else stay).get("reference")
    return reference
