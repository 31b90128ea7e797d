"""An invented stay with something of everything, and a note for it."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.fhir.models import Model
from edscribe_pipelines.fhir.note import Note

_STATED = {
    "Chief Complaint": "Chest pain & dyspnea",
    "Medications": "- aspirin\n- metoprolol <home>",
    "ED Course & Procedures": "Dispensed at 12 min: Morphine.\n\nHeart rate 104 -> 98 & stable.",
    "Disposition": "Admitted.",
}
ADAPTER = Model("emergency_medicine", "4f" * 32, "# Card\nWrites notes of emergencies.", "You are a scribe.")
ENDPOINT = Model("nvidia/nemotron-nano-9b-v2", None, None, "You are a scribe.")
NOTE_TEXT = "\n\n".join(f"{heading(section)}\n{_STATED.get(section, NOT_DOCUMENTED)}" for section in SECTIONS)


def stay(**changes: Any) -> dict[str, Any]:
    """Return a `DeidentifiedNote` row of an invented patient."""
    row: dict[str, Any] = {
        "schema": "encounter/1",
        "encounter_id": "e-9c41aa07d2b36f18",
        "patient_key": "p-77d03ffab1c2e490",
        "source": "mimic",
        "data_use": "open",
        "sex": "F",
        "age_years": 61,
        "arrival_transport": "AMBULANCE",
        "chief_complaint": "Chest pain, Dyspnea",
        "triage_acuity": 2,
        "triage": NO_VITAL_SIGNS
        | {
            "temperature_degf": 98.4,
            "heart_rate_bpm": 104.0,
            "respiratory_rate_bpm": 18.0,
            "spo2_pct": 97.0,
            "sbp_mmhg": 142.0,
            "dbp_mmhg": 81.0,
            "pain_0_10": 8.0,
        },
        "vitals": [
            NO_VITAL_SIGNS | {"minute": 41, "heart_rate_bpm": 98.0, "sbp_mmhg": 131.0, "rhythm": "Sinus Rhythm"}
        ],
        "home_medications": [{"name": "aspirin"}, {"name": "metoprolol"}],
        "dispensed": [{"minute": 12, "name": "Morphine Sulfat 4mg/1mL 1mL VIAL"}],
        "administered": [
            {"name": "morphine", "amount": 4.0, "unit": "mg", "route": "IV", "times": 2},
            {"name": "heparin", "amount": 5000.0, "unit": "units", "route": None, "times": 1},
        ],
        "confirmed_doses": [],
        "excerpts": [],
        "diagnoses": [
            {"rank": 1, "code": "R079", "system": "icd10", "title": "Chest pain, unspecified"},
            {"rank": 2, "code": "4019", "system": "icd9", "title": "HYPERTENSION NOS"},
        ],
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


def rendered_note(**changes: Any) -> Note:
    fields = {"completion": NOTE_TEXT, "note_origin": "template", "tier": "rendered"}
    return Note(**(fields | changes))


def drafted_note(**changes: Any) -> Note:
    return rendered_note(**({"note_origin": "model", "tier": "drafted", "model": ADAPTER} | changes))
