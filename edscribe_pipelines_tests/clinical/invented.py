"""Invented encounters and notes for the tests of the clinical rules."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.clinical.records import ENCOUNTER_SCHEMA, NO_VITAL_SIGNS, Encounter
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading

PHYSICIAN_NOTE = {
    "Chief Complaint": "Chest pain",
    "History of Present Illness": "61 year old man with pressure in the chest since two hours.",
    "Review of Systems": "Denies fever and cough.",
    "Past Medical/Surgical History": "Hypertension.",
    "Medications": "Lisinopril 10 mg daily.",
    "Allergies": "NKDA",
    "Social History": "Smokes ten a day.",
    "Physical Examination": "T 37.2 C, HR 104, RR 18, SpO2 97%, BP 142/81. Lungs clear.",
    "ED Course & Procedures": "Morphine 4 mg IV, pain improved.",
    "Labs & Imaging": "Troponin normal twice, ECG without ST change.",
    "Medical Decision Making": "Differential: ACS, pulmonary embolism, aortic dissection. Dissection unlikely.",
    "Disposition": "Admitted to cardiology for serial troponins.",
}


def note_of(**changed: str) -> str:
    """Return the physician's note with sections changed; a key is the section's first word in lower case."""
    contents = {section: changed.get(section.split()[0].lower(), said) for section, said in PHYSICIAN_NOTE.items()}
    return "\n\n".join(f"{heading(section)}\n{contents[section]}" for section in SECTIONS)


def undocumented_note(**said: str) -> str:
    """Return a note that documents only the sections given."""
    return note_of(**{**{section.split()[0].lower(): NOT_DOCUMENTED for section in SECTIONS}, **said})


def encounter(**facts: Any) -> Encounter:
    """Return an encounter without facts but the given ones."""
    without_facts: dict[str, Any] = {
        **dict.fromkeys(Encounter.__annotations__),
        "schema": ENCOUNTER_SCHEMA,
        "encounter_id": "e-1",
        "patient_key": "p-1",
        "source": "mimic",
        "data_use": "open",
        "triage": dict(NO_VITAL_SIGNS),
        "vitals": [],
        "home_medications": [],
        "dispensed": [],
        "administered": [],
        "confirmed_doses": [],
        "excerpts": [],
        "diagnoses": [],
        "set_aside": [],
    }
    return {**without_facts, **facts}  # type: ignore[typeddict-item]
