"""The facts of an encounter hold what its prompt holds."""

from __future__ import annotations

from edscribe_pipelines.clinical.grounding.source import source_in, source_of
from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS, DeidentifiedNote, Encounter, to_frame
from edscribe_pipelines.corpus.facts import prompts
from edscribe_pipelines_tests.clinical.invented import encounter


def stay() -> Encounter:
    return encounter(
        sex="F",
        age_years=54,
        arrival_transport="AMBULANCE",
        chief_complaint="L Arm pain",
        triage_acuity=2,
        triage={
            **NO_VITAL_SIGNS,
            "temperature_degf": 98.4,
            "heart_rate_bpm": 104.0,
            "sbp_mmhg": 142.0,
            "dbp_mmhg": 81.0,
        },
        vitals=[{**NO_VITAL_SIGNS, "minute": 41, "heart_rate_bpm": 98.0, "sbp_mmhg": 131.0, "rhythm": "Sinus Rhythm"}],
        home_medications=[{"name": "lisinopril"}],
        dispensed=[{"minute": 12, "name": "Morphine Sulfat 4mg/1mL 1mL VIAL"}],
        administered=[{"name": "ondansetron", "amount": 4.0, "unit": "mg", "route": "IV", "times": 2}],
        diagnoses=[{"rank": 1, "code": "M79602", "system": "icd10", "title": "Pain in left arm"}],
        excerpts=[{"section": "Allergies", "text": "Penicillin", "origin": "discharge_summary"}],
        disposition="ADMITTED",
        minutes_in_ed=263,
    )


def test_each_field_is_held_under_its_subject() -> None:
    held = source_of(stay()).held
    assert held["sex", "sex"] == {"F"}
    assert held["age", "age_years"] == {"54"}
    assert held["acuity", "triage_acuity"] == {"2"}
    assert held["vital", "heart_rate_bpm"] == {"104", "98"}
    assert held["vital", "blood_pressure"] == {"142/81"}
    assert held["vital", "sbp_mmhg"] == {"142", "131"}
    assert held["dose", "ondansetron"] == {"4 mg IV"}
    assert held["laterality", "arm"] == {"left"}
    assert held["allergy", "allergies"] == {"penicillins"}
    assert held["disposition", "disposition"] == {"ADMITTED"}


def test_encounter_and_its_prompt_hold_the_same() -> None:
    row = {**stay(), "phi_spans_removed": [], "phi_gate": "pass", "phi_gate_rules": []}
    (prompt,) = prompts(to_frame(DeidentifiedNote, [row]))
    assert source_of(stay()) == source_in(prompt)


def test_encounter_without_facts_holds_nothing() -> None:
    assert source_of(encounter()) == source_in("")


def test_age_of_ninety_and_above_is_one() -> None:
    assert source_of(encounter(age_years=93)).held["age", "age_years"] == {"90+"}
