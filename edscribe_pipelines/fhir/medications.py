"""Medications: what the patient takes at home, what was dispensed in the ED, and what was given.

A dispensing cabinet knows that a drug was taken out, not that it was given: MedicationDispense. Only a
physician's word that a dose was given makes a MedicationAdministration.
"""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.codes import DOSE_UNITS
from edscribe_pipelines.fhir.elements import Resource, about, absent, meta, minutes_after_arrival, quantity
from edscribe_pipelines.fhir.narrative import printable


def home_medications(encounter: dict[str, Any]) -> list[Resource]:
    return [
        {
            "resourceType": "MedicationStatement",
            "id": f"{encounter['encounter_id']}-home{number}",
            "meta": meta(encounter),
            "status": "unknown",
            "medicationCodeableConcept": {"text": printable(medication["name"])},
            **about(encounter, "context"),
        }
        for number, medication in enumerate(encounter["home_medications"], start=1)
    ]


def dispensed(encounter: dict[str, Any]) -> list[Resource]:
    return [
        {
            "resourceType": "MedicationDispense",
            "id": f"{encounter['encounter_id']}-disp{number}",
            "meta": meta(encounter),
            "status": "completed",
            "medicationCodeableConcept": {"text": printable(drug["name"])},
            **about(encounter, "context"),
            "_whenHandedOver": minutes_after_arrival(encounter, drug["minute"]),
        }
        for number, drug in enumerate(encounter["dispensed"], start=1)
    ]


def administered(encounter: dict[str, Any]) -> list[Resource]:
    """Return one resource for each time that a dose was given, as R4's `dosage.dose` is the amount of one
    administration. The notes say that doses were given, seldom when: the time is absent as unknown."""
    return [
        {
            "resourceType": "MedicationAdministration",
            "id": f"{encounter['encounter_id']}-adm{number}-{time}",
            "meta": meta(encounter),
            "status": "completed",
            "medicationCodeableConcept": {"text": printable(drug["name"])},
            **about(encounter, "context"),
            "effectivePeriod": absent("unknown"),
            "dosage": _dosage(drug),
        }
        for number, drug in enumerate(encounter["administered"], start=1)
        for time in range(1, drug["times"] + 1)
    ]


def _dosage(drug: dict[str, Any]) -> dict[str, Any]:
    dosage = {"dose": quantity(drug["amount"], drug["unit"], DOSE_UNITS[drug["unit"]])}
    return dosage | ({"route": {"text": printable(drug["route"])}} if drug["route"] else {})
