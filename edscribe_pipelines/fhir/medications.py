"""Medications: what the patient takes at home, and what was dispensed in the ED.

A dispensing cabinet knows that a drug was taken out, not that it was given: MedicationDispense, never
MedicationAdministration.
"""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.elements import Resource, about, meta, minutes_after_arrival
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
