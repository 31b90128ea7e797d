"""Rows of invented patients: MIMIC-IV-ED releases, encounters and cases, each complete but for what a test changes."""

from __future__ import annotations

import csv
import gzip
import io
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import (
    NO_VITAL_SIGNS,
    DeidentifiedNote,
    GatedCase,
    PhiEncounter,
    polars_schema,
    to_frame,
)
from edscribe_pipelines.corpus.render import render_cases
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import Intake, build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_release
from edscribe_pipelines.intake.mimic.release import TABLES

Cells = dict[str, Any]

STAY: Cells = {
    "subject_id": "10900001",
    "stay_id": "38000001",
    "intime": "2150-03-01 10:00:00",
    "outtime": "2150-03-01 14:23:00",
    "gender": "F",
    "race": "UNKNOWN",
    "arrival_transport": "AMBULANCE",
    "disposition": "ADMITTED",
}
TRIAGE: Cells = {
    "subject_id": "10900001",
    "stay_id": "38000001",
    "temperature": "98.4",
    "heartrate": "104",
    "resprate": "18",
    "o2sat": "97",
    "sbp": "142",
    "dbp": "81",
    "pain": "8",
    "acuity": "2",
    "chiefcomplaint": "Chest pain, Dyspnea",
}
VITALS: Cells = {"subject_id": "10900001", "stay_id": "38000001", "charttime": "2150-03-01 10:41:00", "heartrate": "98"}
MEDICATION: Cells = {
    "subject_id": "10900001",
    "stay_id": "38000001",
    "charttime": "2150-03-01 10:05:00",
    "name": "aspirin",
    "gsn": "004380",
    "etc_rn": "1",
}
DISPENSED: Cells = {
    "subject_id": "10900001",
    "stay_id": "38000001",
    "charttime": "2150-03-01 10:12:00",
    "med_rn": "1",
    "name": "Morphine Sulfat 4mg/1mL 1mL VIAL",
    "gsn_rn": "1",
    "gsn": "004080",
}
DIAGNOSIS: Cells = {
    "subject_id": "10900001",
    "stay_id": "38000001",
    "seq_num": "1",
    "icd_code": "R079",
    "icd_version": "10",
    "icd_title": "Chest pain, unspecified",
}
_ONE_STAY = {
    "edstays": [STAY],
    "triage": [TRIAGE],
    "vitalsign": [VITALS],
    "medrecon": [MEDICATION],
    "pyxis": [DISPENSED],
    "diagnosis": [DIAGNOSIS],
}


def write_table(path: Path, columns: tuple[str, ...], rows: list[Cells]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_release(folder: Path, suffix: str = ".csv.gz", **rows: list[Cells]) -> Path:
    """Write a release of one stay; `rows` replace all rows of the tables that they name."""
    for table, cells in {**_ONE_STAY, **rows}.items():
        write_table(folder / "ed" / f"{table}{suffix}", TABLES[table], cells)
    return folder


def take_in(folder: Path, **rows: list[Cells]) -> Intake:
    """Write a release, read it and build its encounters."""
    release = write_release(folder / "release", **rows)
    return build_encounters(scan_release(release), IdVault(folder / "id_vault.sqlite"), "synthetic")


def stay_of(intake: Intake) -> dict[str, Any]:
    """Return the encounter of an intake that has one."""
    return intake.encounters.row(0, named=True)


def deidentified(**changes: Any) -> dict[str, Any]:
    """Return a `DeidentifiedNote` row of a stay without a note."""
    row: dict[str, Any] = {
        "schema": "encounter/1",
        "encounter_id": "e-9c41aa07d2b36f18",
        "patient_key": "p-77d03ffab1c2e490",
        "source": "mimic",
        "data_use": "synthetic",
        "sex": "F",
        "age_years": 61,
        "arrival_transport": "AMBULANCE",
        "chief_complaint": "Chest pain, Dyspnea",
        "triage_acuity": 2,
        "triage": vital_signs(
            temperature_degf=98.4, heart_rate_bpm=104.0, sbp_mmhg=142.0, dbp_mmhg=81.0, pain_0_10=8.0
        ),
        "vitals": [vital_signs(minute=41, heart_rate_bpm=98.0, rhythm="Sinus Rhythm")],
        "home_medications": [{"name": "aspirin"}, {"name": "metoprolol tartrate"}],
        "dispensed": [{"minute": 12, "name": "Morphine Sulfat 4mg/1mL 1mL VIAL"}],
        "administered": [],
        "confirmed_doses": [],
        "excerpts": [],
        "diagnoses": [{"rank": 1, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"}],
        "disposition": "ADMITTED",
        "minutes_in_ed": 263,
        "set_aside": [],
        "note": None,
        "note_origin": None,
        "revises": None,
        "phi_spans_removed": [],
        "phi_gate": "pass",
        "phi_gate_rules": [],
        "stand_ins": [],
    }
    return row | changes


def vital_signs(**measured: Any) -> dict[str, Any]:
    return {**NO_VITAL_SIGNS, **measured}


def phi_encounter(**changes: Any) -> dict[str, Any]:
    """Return a `PhiEncounter` row of a stay without a note."""
    identifiers = {"arrival_time": "2150-03-01 10:00:00", "source_ids": [], "known_identifiers": []}
    complete = deidentified() | identifiers | changes
    return {name: complete[name] for name in polars_schema(PhiEncounter)}


def gated_case(**changes: Any) -> dict[str, Any]:
    """Return a `GatedCase` row rendered from `deidentified()`."""
    verdicts = {
        "gate_sections": "pass",
        "gate_guardrails": "pass",
        "gate_decision_making": "not_assessable",
        "gate_disposition": "not_assessable",
        "gate_phi": "pass",
        "findings": [],
    }
    return {**_rendered_case().row(0, named=True), **verdicts} | changes


@cache
def _rendered_case() -> pl.DataFrame:
    return render_cases(deidentified_frame(deidentified()))


def gated_cases(patients: list[str], **changes: Any) -> pl.DataFrame:
    """Return a `GatedCase` table with one stay for each entry of `patients`."""
    rows = [
        gated_case(case_id=f"c-{place}-{patient}", encounter_id=f"e-{place}-{patient}", patient_key=patient, **changes)
        for place, patient in enumerate(patients)
    ]
    return to_frame(GatedCase, rows)


def deidentified_frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return to_frame(DeidentifiedNote, list(rows))
