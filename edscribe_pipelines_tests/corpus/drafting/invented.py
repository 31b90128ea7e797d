"""Invented stays to draft, each with its own facts, and the settings to draft them with."""

from __future__ import annotations

from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import DeidentifiedNote, to_frame
from edscribe_pipelines.corpus.drafting.asking import Patience
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.clinical.invented import encounter

COMPLAINTS = ("Chest pain", "Headache", "s/p MVC", "Sepsis", "Medication refill")
IMPATIENT = Patience(answer_within=10.0, first_wait=0.002, longest_wait=0.02, attempts=8)


def stay(number: int, **changes: Any) -> dict[str, Any]:
    """Return the `DeidentifiedNote` row of a stay."""
    facts: dict[str, Any] = {
        "encounter_id": f"e-{number:016x}",
        "patient_key": f"p-{number:016x}",
        "data_use": "synthetic",
        "sex": "F",
        "chief_complaint": COMPLAINTS[number % len(COMPLAINTS)],
        "triage_acuity": 2,
        "disposition": "ADMITTED",
        "phi_spans_removed": [],
        "phi_gate": "pass",
        "phi_gate_rules": [],
        "stand_ins": [],
    }
    return encounter(**facts | changes)  # type: ignore[return-value]


def stays(count: int, **changes: Any) -> pl.DataFrame:
    return to_frame(DeidentifiedNote, [stay(number, **changes) for number in range(count)])


def facts_of(stays: pl.DataFrame) -> pl.Series:
    """Return facts of each stay as lines; a length of stay tells the stays apart."""
    return pl.Series(
        [
            f"Female, 61 years, arrived by ambulance\nChief complaint: {complaint}\nTriage acuity ESI 2\n"
            "Triage vital signs: T 98.4 F, HR 104, RR 18, SpO2 97%, BP 142/81, pain 8/10\n"
            "At 41 min: HR 98, Sinus Rhythm\nHome medications: aspirin; lisinopril\n"
            "Dispensed: Morphine Sulfat 4mg/1mL 1mL VIAL at 12 min\n"
            "Recorded diagnoses: Syncope without loss of consciousness (ICD-10 R079)\n"
            f"Admitted after {int(encounter_id[2:], 16) + 200} min in the ED"
            for encounter_id, complaint in stays.select("encounter_id", "chief_complaint").iter_rows()
        ],
        dtype=pl.String,
    )


def settings_for(url: str, **changes: Any) -> Settings:
    knobs: dict[str, Any] = {"nim_url": url, "nim_price_in": 2.0, "nim_price_out": 4.0, "draft_cases": 10_000}
    return Settings(**knobs | changes)
