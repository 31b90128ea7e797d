"""The parts that several resources share: labels, references, quantities, and times without a date.

Safe Harbor leaves no date but the year, and encounters hold minutes since arrival alone. A required date
is therefore absent with its reason (extension data-absent-reason), and the minute is stated by the
standard extension cqf-relativeDateTime of FHIR R4.
"""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, LOINC, UCUM

Resource = dict[str, Any]

_LARGEST_WHOLE = 2**53
"""Beyond it a float is not exact, and JSON has no such integers."""

_EXTENSIONS = "http://hl7.org/fhir/StructureDefinition"
PSEUDONYMISED = {"system": f"{HL7_TERMINOLOGY}/v3-ObservationValue", "code": "PSEUDED"}
"""Not ANONYED: the id vault in the PHI zone can still lead back to the patient."""
TEST_DATA = {"system": f"{HL7_TERMINOLOGY}/v3-ActReason", "code": "HTEST"}
AI_ASSERTED = {"system": f"{HL7_TERMINOLOGY}/v3-ObservationValue", "code": "AIAST"}
LABELS_INSIDE = {"system": f"{HL7_TERMINOLOGY}/v3-ActCode", "code": "PROCESSINLINELABEL"}
"""Some elements of the resource have labels of their own."""


def meta(encounter: dict[str, Any], *labels: dict[str, str]) -> dict[str, Any]:
    """Return the security labels of a resource about the encounter's patient."""
    synthetic = [TEST_DATA] if encounter["data_use"] == "synthetic" else []
    return {"security": [PSEUDONYMISED, *synthetic, *labels]}


def about(encounter: dict[str, Any], encounter_element: str = "encounter") -> dict[str, Any]:
    """Return `subject` and the reference to the stay, which medications call `context`."""
    return {
        "subject": {"reference": f"Patient/{encounter['patient_key']}"},
        encounter_element: {"reference": f"Encounter/{encounter['encounter_id']}"},
    }


def coded(system: str, code: str, display: str | None = None, text: str | None = None) -> dict[str, Any]:
    """Return a CodeableConcept of one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def loinc(code: str, display: str) -> dict[str, Any]:
    return coded(LOINC, code, display)


def quantity(value: float, unit: str, ucum: str) -> dict[str, Any]:
    """Return a Quantity; a whole number is written without decimals, which the source did not measure."""
    number = int(value) if float(value).is_integer() and abs(value) < _LARGEST_WHOLE else value
    return {"value": number, "unit": unit, "system": UCUM, "code": ucum}


def minutes(value: int) -> dict[str, Any]:
    return quantity(value, "min", "min")


def absent(reason: str) -> dict[str, Any]:
    """Return what stands in for a value that is not there: `masked` for privacy, `unknown` otherwise."""
    return {"extension": [{"url": f"{_EXTENSIONS}/data-absent-reason", "valueCode": reason}]}


def minutes_after_arrival(encounter: dict[str, Any], minute: int) -> dict[str, Any]:
    """Return what stands in for a time of which only the minute since the start of the stay is kept."""
    parts = [
        {"url": "target", "valueReference": {"reference": f"Encounter/{encounter['encounter_id']}"}},
        {"url": "targetPath", "valueString": "period"},
        {"url": "relationship", "valueCode": "after-start"},
        {"url": "offset", "valueDuration": minutes(minute)},
    ]
    return {"extension": [{"url": f"{_EXTENSIONS}/cqf-relativeDateTime", "extension": parts}]}


def mode_of_arrival(coding: dict[str, str]) -> dict[str, Any]:
    return {"url": f"{_EXTENSIONS}/encounter-modeOfArrival", "valueCoding": coding}
