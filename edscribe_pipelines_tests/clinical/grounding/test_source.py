"""The facts of an encounter hold what its prompt holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.clinical.grounding.in_words import in_words
from edscribe_pipelines.clinical.grounding.measured import are_plain
from edscribe_pipelines.clinical.grounding.source import source_in, source_of
from edscribe_pipelines.clinical.records import (
    NO_VITAL_SIGNS,
    DeidentifiedNote,
    Encounter,
    TimedVitalSigns,
    VitalSigns,
    to_frame,
)
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
    row = {**stay(), "phi_spans_removed": [], "phi_gate": "pass", "phi_gate_rules": [], "stand_ins": []}
    (prompt,) = prompts(to_frame(DeidentifiedNote, [row]))
    assert source_of(stay()) == source_in(prompt)


_ANY = st.integers(0, 320).map(float) | st.floats(0, 320).map(lambda value: round(value, 1))
_USUAL = {
    "temperature_degf": st.floats(92, 106).map(lambda value: round(value, 2)),
    "heart_rate_bpm": st.integers(30, 200).map(float),
    "respiratory_rate_bpm": st.integers(4, 60).map(float),
    "spo2_pct": st.integers(60, 100).map(float),
    "sbp_mmhg": st.integers(60, 250).map(float),
    "dbp_mmhg": st.integers(9, 130).map(float),
    "pain_0_10": st.integers(0, 10).map(float),
}


def _signs(rare: st.SearchStrategy[float | None]) -> st.SearchStrategy[dict[str, float | None]]:
    return st.fixed_dictionaries({field: st.none() | values | rare for field, values in _USUAL.items()})


_VITAL_SIGNS = _signs(st.none()) | _signs(_ANY)
_CHARTED = st.builds(
    lambda signs, minute, rhythm: {**signs, "minute": minute, "rhythm": rhythm},
    _VITAL_SIGNS,
    st.integers(0, 2000),
    st.sampled_from([None, "Sinus Rhythm", "Paced", "SR, no chest pain", "1st degree AV block", "Left bundle branch"]),
)


@given(
    _VITAL_SIGNS, st.lists(_CHARTED, max_size=3), st.sampled_from(["Denies", "HR", "L Arm pain", "Fall, left", "BP,"])
)
def test_vital_signs_are_held_as_their_words_would_be(
    triage: VitalSigns, later: list[TimedVitalSigns], complaint: str
) -> None:
    facts = encounter(chief_complaint=complaint, triage=triage, vitals=later, home_medications=[{"name": "aspirin"}])
    assert source_of(facts) == source_in(in_words(facts))


def test_usual_vital_signs_of_a_stay_need_no_reading() -> None:
    assert are_plain(stay())


def test_encounter_without_facts_holds_nothing() -> None:
    assert source_of(encounter()) == source_in("")


def test_age_of_ninety_and_above_is_one() -> None:
    assert source_of(encounter(age_years=93)).held["age", "age_years"] == {"90+"}
