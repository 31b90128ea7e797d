"""Observations and doses: each LOINC code with the category, the kind of value and the UCUM unit of its table row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.fhir.codes import (
    DOSE_UNITS,
    ESI_LOINC,
    LOINC,
    UCUM,
    VitalCode,
    esi_answers,
    vital_codes,
)
from edscribe_pipelines.fhir.elements import Resource, coded

_DOSE_CODES = frozenset(DOSE_UNITS.values())
_PRESSURES = ("sbp_mmhg", "dbp_mmhg")


def observation_rules(observation: Resource) -> Iterator[str]:
    code = first_loinc(observation.get("code", {}))
    if code == ESI_LOINC:
        yield from _severity_rules(observation)
        return
    expected = _by_loinc().get(code)
    if expected is None:
        yield "observation-code"
        return
    if not _is_displayed(observation, expected):
        yield "observation-display"
    if not _is_categorised(observation, expected.category):
        yield "observation-category"
    yield from _panel_rules(observation) if expected.field == "blood_pressure" else _value_rules(observation, expected)


def first_loinc(coded: Resource) -> str:
    """Return the first LOINC code of a CodeableConcept, empty where there is none."""
    codings = coded.get("coding", [])
    return next((coding.get("code", "") for coding in codings if coding.get("system") == LOINC), "")


def dose_rules(administration: Resource) -> Iterator[str]:
    dose = administration.get("dosage", {}).get("dose", {})
    if dose.get("system") != UCUM or dose.get("code") not in _DOSE_CODES:
        yield "dose-unit"


def _severity_rules(observation: Resource) -> Iterator[str]:
    if not _is_categorised(observation, "survey"):
        yield "observation-category"
    if observation.get("valueCodeableConcept") not in _severity_answers():
        yield "esi-answer"


def _panel_rules(panel: Resource) -> Iterator[str]:
    components = panel.get("component", [])
    expected = [vital_codes()[field] for field in _PRESSURES]
    if [first_loinc(component.get("code", {})) for component in components] != [code.loinc for code in expected]:
        yield "blood-pressure-components"
        return
    for component, code in zip(components, expected, strict=True):
        if "valueQuantity" in component:
            yield from _value_rules(component, code)


def _value_rules(measured: Resource, code: VitalCode) -> Iterator[str]:
    if not code.ucum:
        if "valueCodeableConcept" not in measured:
            yield "observation-value"
        return
    if "valueQuantity" not in measured:
        yield "observation-value"
        return
    quantity = measured["valueQuantity"]
    if quantity.get("system") != UCUM:
        yield "ucum-system"
    if quantity.get("code") not in code.allowed_units:
        yield "ucum-code"
    elif quantity["code"] == code.ucum:
        yield from _amount_rules(quantity, code)


def _amount_rules(quantity: Resource, code: VitalCode) -> Iterator[str]:
    """The unit in words says what the code says, and a person can have this value, if only in extremis."""
    if quantity.get("unit", code.unit) not in (code.unit, code.ucum):
        yield "unit-of-another-code"
    limit = vital_limits()[code.field]
    lowest = limit.possible_low if limit.extreme_low is None else limit.extreme_low
    if not lowest <= quantity.get("value", lowest) <= limit.possible_high:
        yield "vital-sign-impossible"


def _is_displayed(coded: Resource, code: VitalCode) -> bool:
    return all(coding.get("display", code.display) == code.display for coding in coded["code"]["coding"])


def _is_categorised(observation: Resource, category: str) -> bool:
    codings = [coding for concept in observation.get("category", ()) for coding in concept.get("coding", ())]
    return any(coding.get("code") == category and coding.get("system") == _CATEGORY for coding in codings)


@cache
def _severity_answers() -> tuple[Resource, ...]:
    return tuple(coded(LOINC, *answer, text=f"ESI {level}") for level, answer in esi_answers().items())


@cache
def _by_loinc() -> dict[str, VitalCode]:
    return {code.loinc: code for field, code in vital_codes().items() if field not in _PRESSURES}


_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
