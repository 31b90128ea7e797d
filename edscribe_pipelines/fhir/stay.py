"""Patient and Encounter: who, without anything that names them, and how the stay began and ended."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, STAY_SYSTEMS, stay_code
from edscribe_pipelines.fhir.elements import (
    Resource,
    about,
    absent,
    meta,
    minutes,
    minutes_after_arrival,
    mode_of_arrival,
)
from edscribe_pipelines.fhir.narrative import printable


def patient(encounter: dict[str, Any]) -> Resource:
    """Return the patient of the stay: a random id and the recorded sex, no birth date."""
    resource = {"resourceType": "Patient", "id": encounter["patient_key"], "meta": meta(encounter)}
    if encounter["sex"]:
        code, _ = stay_code("sex", encounter["sex"]) or ("unknown", "Unknown")
        resource["gender"] = code
    return resource


def stay(encounter: dict[str, Any], conditions: list[Resource]) -> Resource:
    """Return the Encounter of the stay, with its recorded diagnoses in the order in which they were ranked.

    Of its period the end is stated in minutes after the start, which is masked: no date of a stay survives.
    """
    resource: Resource = {
        "resourceType": "Encounter",
        "id": encounter["encounter_id"],
        "meta": meta(encounter),
        "status": "finished",
        "class": {"system": f"{HL7_TERMINOLOGY}/v3-ActCode", "code": "EMER", "display": "emergency"},
        "subject": about(encounter)["subject"],
        "period": {"_start": absent("masked")},
    }
    if encounter["arrival_transport"]:
        resource["extension"] = [mode_of_arrival(_coding("arrival_transport", encounter["arrival_transport"]))]
    if encounter["minutes_in_ed"] is not None:
        resource["period"]["_end"] = minutes_after_arrival(encounter, encounter["minutes_in_ed"])
        resource["length"] = minutes(encounter["minutes_in_ed"])
    if encounter["chief_complaint"]:
        resource["reasonCode"] = [{"text": printable(encounter["chief_complaint"])}]
    if conditions:
        resource["diagnosis"] = [
            {"condition": {"reference": f"Condition/{condition['id']}"}, "rank": diagnosis["rank"]}
            for condition, diagnosis in zip(conditions, encounter["diagnoses"], strict=True)
        ]
    if encounter["disposition"]:
        resource["hospitalization"] = {"dischargeDisposition": _disposition(encounter["disposition"])}
    return resource


def _disposition(recorded: str) -> dict[str, Any]:
    coding = _coding("disposition", recorded)
    return ({"coding": [coding]} if "code" in coding else {}) | {"text": printable(recorded)}


def _coding(element: str, recorded: str) -> dict[str, str]:
    match stay_code(element, recorded):
        case (code, display):
            return {"system": STAY_SYSTEMS[element], "code": code, "display": display}
    return {"display": printable(recorded)}
