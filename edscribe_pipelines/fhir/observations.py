"""Observations: triage and later vital signs, heart rhythm, and the Emergency Severity Index.

Codes and units are rows of `tables/vital_codes.csv` and `tables/esi_answers.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edscribe_pipelines.fhir.codes import ESI_LOINC, HL7_TERMINOLOGY, LOINC, VitalCode, esi_answers, vital_codes
from edscribe_pipelines.fhir.elements import (
    Resource,
    about,
    absent,
    coded,
    loinc,
    meta,
    minutes_after_arrival,
    quantity,
)
from edscribe_pipelines.fhir.narrative import printable

_PRESSURES = ("sbp_mmhg", "dbp_mmhg")
_SINGLE_VALUES = ("temperature_degf", "heart_rate_bpm", "respiratory_rate_bpm", "spo2_pct", "pain_0_10")


def observations(encounter: dict[str, Any]) -> Iterator[Resource]:
    """Yield what was measured at triage, the triage acuity, and every later set of vital signs."""
    at_triage = absent("unknown")
    yield from _vital_signs(encounter, encounter["triage"], "triage", at_triage)
    if encounter["triage_acuity"] is not None:
        yield _severity_index(encounter, at_triage)
    for number, charted in enumerate(encounter["vitals"], start=1):
        when = minutes_after_arrival(encounter, charted["minute"])
        yield from _vital_signs(encounter, charted, f"v{number}", when)


def _vital_signs(
    encounter: dict[str, Any], measured: dict[str, Any], set_name: str, when: dict[str, Any]
) -> Iterator[Resource]:
    codes = vital_codes()
    for field in _SINGLE_VALUES:
        if measured[field] is not None:
            yield _observation(encounter, codes[field], set_name, when) | _value(measured[field], codes[field])
    if any(measured[field] is not None for field in _PRESSURES):
        components = [_component(measured[field], codes[field]) for field in _PRESSURES]
        yield _observation(encounter, codes["blood_pressure"], set_name, when) | {"component": components}
    if measured.get("rhythm"):
        value = {"valueCodeableConcept": {"text": printable(measured["rhythm"])}}
        yield _observation(encounter, codes["rhythm"], set_name, when) | value


def _observation(encounter: dict[str, Any], code: VitalCode, set_name: str, when: dict[str, Any]) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"{encounter['encounter_id']}-{set_name}-{code.suffix}",
        "meta": meta(encounter),
        "status": "final",
        "category": [_category(code.category)],
        "code": loinc(code.loinc, code.display),
        **about(encounter),
        "_effectiveDateTime": when,
    }


def _category(code: str) -> dict[str, Any]:
    return coded(f"{HL7_TERMINOLOGY}/observation-category", code)


def _value(value: float, code: VitalCode) -> dict[str, Any]:
    return {"valueQuantity": quantity(value, code.unit, code.ucum)}


def _component(value: float | None, code: VitalCode) -> dict[str, Any]:
    """Return one pressure; the profile wants both, so one that was not measured says so."""
    missing = {"dataAbsentReason": coded(f"{HL7_TERMINOLOGY}/data-absent-reason", "unknown")}
    return {"code": loinc(code.loinc, code.display)} | (missing if value is None else _value(value, code))


def _severity_index(encounter: dict[str, Any], when: dict[str, Any]) -> Resource:
    level = encounter["triage_acuity"]
    answer = esi_answers().get(level)
    text = f"ESI {level}"
    return {
        "resourceType": "Observation",
        "id": f"{encounter['encounter_id']}-triage-esi",
        "meta": meta(encounter),
        "status": "final",
        "category": [_category("survey")],
        "code": loinc(ESI_LOINC, "Emergency severity index [ESI]"),
        **about(encounter),
        "_effectiveDateTime": when,
        "valueCodeableConcept": coded(LOINC, *answer, text=text) if answer else {"text": text},
    }
