"""Conditions and allergies: ICD codes as their code systems write them; an allergy says whether it still holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.fhir.codes import ICD
from edscribe_pipelines.fhir.conditions import dotted
from edscribe_pipelines.fhir.elements import Resource

_CODES = {
    "icd9": re.compile(r"(\d{3}|V\d{2})(\.\d{1,2})?|E\d{3}(\.\d)?"),
    "icd10": re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?"),
}
"""How the codes of ICD-9-CM and ICD-10-CM look (CDC/NCHS, Official Guidelines, 2011 and 2024)."""
_RELEASES = {system: release for release, system in ICD.items()}


def condition_rules(condition: Resource) -> Iterator[str]:
    codings = condition.get("code", {}).get("coding", [])
    if not codings or not all(_is_written_as_icd(coding) for coding in codings):
        yield "icd-code"


def _is_written_as_icd(coding: dict[str, str]) -> bool:
    release, code = _RELEASES.get(coding.get("system", "")), coding.get("code", "")
    return release is not None and _CODES[release].fullmatch(code) is not None and dotted(code, release) == code


def allergy_rules(allergy: Resource) -> Iterator[str]:
    """R4 ait-1 and ait-2: a clinical status, unless the allergy was entered in error."""
    verification = allergy.get("verificationStatus", {}).get("coding", [])
    is_error = any(coding.get("code") == "entered-in-error" for coding in verification)
    if is_error == ("clinicalStatus" in allergy):
        yield "invariant:ait-2" if is_error else "invariant:ait-1"
