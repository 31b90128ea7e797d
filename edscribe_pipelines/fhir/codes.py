"""The code systems that the export uses, and the rows of `tables/` that choose from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from edscribe_pipelines.tables import read_table

LOINC = "http://loinc.org"
ESI_LOINC = "75636-1"
UCUM = "http://unitsofmeasure.org"
HL7_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ICD = {"icd9": "http://hl7.org/fhir/sid/icd-9-cm", "icd10": "http://hl7.org/fhir/sid/icd-10-cm"}
STAY_SYSTEMS = {
    "disposition": f"{HL7_TERMINOLOGY}/discharge-disposition",
    "arrival_transport": f"{HL7_TERMINOLOGY}/v2-0430",
}

DOSE_UNITS = {"mcg": "ug", "mg": "mg", "g": "g", "units": "[U]", "mEq": "meq", "mL": "mL"}
"""The UCUM code of each unit of `records.Administered`; UCUM, https://ucum.org/ucum (version 2.1, 2017)."""

TABLES = "edscribe_pipelines.fhir.tables"


@dataclass(frozen=True)
class VitalCode:
    """How one field of `records.TimedVitalSigns` is written; `ucum` is empty where the value is text.
    `suffix` ends the ids of its Observations; `allowed_units` are what FHIR lets it be measured in."""

    field: str
    suffix: str
    loinc: str
    display: str
    category: str
    unit: str
    ucum: str
    allowed_units: frozenset[str]


@cache
def vital_codes() -> dict[str, VitalCode]:
    """Return the codes by field; `blood_pressure` is the panel of the two pressures."""
    return {
        row["field"]: VitalCode(
            field=row["field"],
            suffix=row["suffix"],
            loinc=row["loinc"],
            display=row["display"],
            category=row["category"],
            unit=row["unit"],
            ucum=row["ucum"],
            allowed_units=frozenset(filter(None, (row["ucum"], row["also_allowed"]))),
        )
        for row in read_table("vital_codes.csv", TABLES)
    }


@cache
def section_loincs() -> dict[str, tuple[str, ...]]:
    """Return the LOINC codes of each section in the note's order, the one that names it first."""
    loincs: dict[str, tuple[str, ...]] = {}
    for row in read_table("section_codes.csv", TABLES):
        loincs[row["section"]] = (*loincs.get(row["section"], ()), row["loinc"])
    return loincs


@cache
def esi_answers() -> dict[int, tuple[str, str]]:
    """Return LOINC answer and display of each ESI level."""
    rows = read_table("esi_answers.csv", TABLES)
    return {int(row["triage_acuity"]): (row["loinc_answer"], row["display"]) for row in rows}


@cache
def _stay_codes() -> dict[tuple[str, str], tuple[str, str]]:
    rows = read_table("stay_codes.csv", TABLES)
    return {(row["element"], row["recorded"]): (row["code"], row["display"]) for row in rows}


def stay_code(element: str, recorded: str) -> tuple[str, str] | None:
    """Return (code, display) of a recorded sex, disposition or arrival transport, None where no standard
    code says the same: "ADMITTED" and "ELOPED" stay text."""
    return _stay_codes().get((element, recorded.strip().upper()))
