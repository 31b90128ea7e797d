"""Conditions: the diagnoses recorded for the stay, with their ICD codes as the code systems write them."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY, ICD
from edscribe_pipelines.fhir.elements import Resource, about, coded, meta
from edscribe_pipelines.fhir.narrative import printable


def conditions(encounter: dict[str, Any]) -> list[Resource]:
    """Return one Condition per recorded diagnosis, in the encounter's order. Whether a diagnosis was
    confirmed or still holds is not recorded, so neither status is stated."""
    return [_condition(encounter, number, row) for number, row in enumerate(encounter["diagnoses"], start=1)]


def _condition(encounter: dict[str, Any], number: int, diagnosis: dict[str, Any]) -> Resource:
    code = dotted(diagnosis["code"], diagnosis["system"])
    return {
        "resourceType": "Condition",
        "id": f"{encounter['encounter_id']}-dx{number}",
        "meta": meta(encounter),
        "category": [coded(f"{HL7_TERMINOLOGY}/condition-category", "encounter-diagnosis")],
        "code": coded(ICD[diagnosis["system"]], code, text=printable(diagnosis["title"])),
        **about(encounter),
    }


def dotted(code: str, system: str) -> str:
    """Return an ICD code with its dot, which billing files leave out.

    ICD-10-CM and ICD-9-CM have it after the third character, ICD-9-CM's external causes (E codes) after
    the fourth (ICD-10-CM and ICD-9-CM Official Guidelines, CDC/NCHS).

    >>> dotted("R079", "icd10"), dotted("I10", "icd10"), dotted("4019", "icd9"), dotted("E8120", "icd9")
    ('R07.9', 'I10', '401.9', 'E812.0')
    """
    bare = code.strip().upper().replace(".", "")
    category = 4 if system == "icd9" and bare.startswith("E") else 3
    return f"{bare[:category]}.{bare[category:]}" if len(bare) > category else bare
