"""Identifiers of nobody, planted in notes, in what the record names and in the names of files.

The words are made of syllables, so that no table of ours and no word of medicine holds them. The telephone number is
none of 555-01xx, which de-identification invents.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import orjson

NOTE = """\
Patient: Zorvanka Delmiquist   MRN: 77431906   Seen by Dr. Hestovar Brindequist at Polmarra General, 09/27/2026

CC: Cough

HPI: Zorvanka Delmiquist is a 46 year old woman with five days of cough and one day of fever. Her husband Tesmund \
Delmiquist brought her from 4471 Krelovan Street.

ROS: Denies chest pain, hemoptysis and leg swelling. Reports fever.

PMH: None reported by the patient.

Medications: Takes no medications.

Allergies: No known drug allergies.

Social History: Does not smoke, lives with her husband.

Physical Exam: T 101.3 F, HR 98, RR 20, SpO2 95%, BP 128/76. Crackles at the right base. No leg edema.

ED Course: Amoxicillin 1000 mg PO given. No procedures.

Labs & Imaging: Chest X-ray: right lower lobe infiltrate. WBC 14.1.

MDM: Pneumonia is most likely because of fever, crackles and the infiltrate. Considered pulmonary embolism (no \
tachycardia, no leg swelling, unlikely) and heart failure (no edema, unlikely).

Disposition: Discharged home because she is stable on room air. Return for dyspnea or confusion. Follow-up in two \
days. Call (628) 555-4174 or write to zorvanka.delmiquist@polmarra.example. SSN 619-48-2057.
"""
FACTS = {
    "sex": "F",
    "age_years": 46,
    "chief_complaint": "Cough",
    "triage_acuity": 3,
    "triage": {
        "temperature_degf": 101.3,
        "heart_rate_bpm": 98,
        "respiratory_rate_bpm": 20,
        "spo2_pct": 95,
        "sbp_mmhg": 128,
        "dbp_mmhg": 76,
        "pain_0_10": 4,
    },
    "disposition": "HOME",
    "minutes_in_ed": 140,
}
KNOWN = [
    {"kind": "patient_name", "value": "Zorvanka Delmiquist"},
    {"kind": "mrn", "value": "77431906"},
    {"kind": "clinician_name", "value": "Hestovar Brindequist"},
    {"kind": "hospital", "value": "Polmarra General"},
]

IN_THE_NOTE = (
    *("Zorvanka", "Delmiquist", "Tesmund", "Hestovar", "Brindequist", "Polmarra"),
    *("77431906", "4471 Krelovan", "Krelovan", "09/27/2026", "(628) 555-4174", "555-4174", "619-48-2057"),
)
IN_IDS = ("PLANTED-NOTE-90417", "PLANTED-PATIENT-55820", "planted-authorisation")
FILE_NAMES = ("varquillon_ostremba", "Varquillon", "Ostremba")


def plant(release: Path, notes: Path) -> frozenset[str]:
    """Add a note to the batch and return what must not be found outside the PHI zone.

    To the canaries proper come the ids of the release and what the sample's own notes name.
    """
    (notes / "varquillon_ostremba.jsonl").write_bytes(orjson.dumps(_line()))
    return frozenset((*IN_THE_NOTE, *IN_IDS, *FILE_NAMES, *source_ids(release), *_named_in(notes / "notes.jsonl")))


def _line() -> dict[str, object]:
    note_id, patient_id, authorisation_id = IN_IDS
    identity = {"note_id": note_id, "patient_id": patient_id, "authorisation_id": authorisation_id}
    return {**identity, "text": NOTE, "known_identifiers": KNOWN, "facts": FACTS}


def source_ids(release: Path) -> set[str]:
    """Return the raw ids of a release."""
    with gzip.open(release / "ed" / "edstays.csv.gz", "rt", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row[column] for row in rows for column in ("subject_id", "stay_id", "hadm_id") if row[column]}


def _named_in(batch: Path) -> set[str]:
    lines = [orjson.loads(line) for line in batch.read_bytes().splitlines()]
    named = {identifier["value"] for line in lines for identifier in line["known_identifiers"]}
    return named | {line[name] for line in lines for name in ("note_id", "patient_id")}
