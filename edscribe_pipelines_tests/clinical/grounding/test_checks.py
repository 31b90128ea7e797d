"""A note against the facts that it was written from: what they hold passes, what they do not is found."""

from __future__ import annotations

import re

import pytest

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.grounding.source import source_in, source_of
from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS, Finding
from edscribe_pipelines_tests.clinical.invented import encounter, note_of, undocumented_note

FACTS = """\
Female, 61 years, arrived by ambulance
Chief complaint: Chest pain, Dyspnea
Triage acuity ESI 2
Triage vital signs: T 98.4 F, HR 104, RR 18, SpO2 97%, BP 142/81, pain 8/10
At 41 min: HR 98, RR 16, Sinus Rhythm
At 95 min: T 98.1 F, HR 92, BP 131/77, pain 3/10
Home medications: aspirin; metoprolol tartrate; insulin glargine [Lantus]
Dispensed: Morphine Sulfat 4mg/1mL 1mL VIAL at 12 min; NS 0.9% 1000mL at 20 min
Recorded diagnoses: Chest pain, unspecified (ICD-10 R079); Type 2 diabetes mellitus without complications (ICD-10 E119)
Admitted after 263 min in the ED"""


def check(said: str, facts: str = FACTS) -> list[Finding]:
    return check_grounding(ParsedNote(said), source_in(facts), complete=True)


def rules(said: str) -> set[str]:
    return {finding["rule"].removeprefix("grounding.") for finding in check(said)}


@pytest.mark.parametrize(
    "said",
    [
        "61-year-old female, ESI level 2 (emergent).",
        "Temperature 98.40 °F, heart rate 104 bpm, respiratory rate 18 breaths/min, oxygen saturation 97%.",
        "T 36.9 C",
        "BP 142/81 mmHg, later 131 / 77",
        "Blood pressure 142 over 81, pain 8 out of 10",
        "Sixty-one years old",
        "At 41 minutes: HR 98, RR 16, sinus rhythm.",
        "Morphine sulfate 4 mg/1 mL (1 mL vial) dispensed at 12 min; normal saline 0.9% 1,000 mL",
        "MSO4 dispensed; it is not known to have been given.",
        "Chest pain, unspecified (ICD-10: R07.9), type 2 diabetes mellitus without complications (ICD-10-CM E11.9)",
        "1. Aspirin\n2. Metoprolol tartrate\n3. Insulin glargine (Lantus)\n4. Nothing more",
        "No allergies were documented.",
        "Social history is not documented in the source.",
        "The source does not record a differential or reasoning, and a 12-lead ECG is not recorded.",
        "Admitted after 263 minutes in the ED",
        undocumented_note(chief="Chest pain, dyspnea"),
    ],
)
def test_what_the_facts_hold_passes(said: str) -> None:
    assert check(said) == []


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("HR120", "vital_contradicted"),
        ("Heart rate in the 110s", "vital_contradicted"),
        ("SpO2 99%", "vital_contradicted"),
        ("RR 98", "vital_contradicted"),
        ("T 37.9 C", "vital_contradicted"),
        ("GCS 15", "vital_unsupported"),
        ("BP 142/77", "vital_contradicted"),
        ("pain 10/10", "vital_contradicted"),
        ("sixty-two years old", "age_contradicted"),
        ("troponin 0.04", "number_unsupported"),
        ("½ tablet", "number_unsupported"),
        ("at 10:41", "number_unsupported"),
        ("HR ١٢٠", "vital_contradicted"),
        ("1. HR 104\n7. beats", "number_unsupported"),
        ("ESI 3", "acuity_contradicted"),
        ("ICD-10 I21.4", "code_unsupported"),
        ("J18.9", "code_unsupported"),
        ("aspirin and ceftriaxone", "drug_unsupported"),
        ("Zofran", "drug_unsupported"),
        ("takes lisinopril", "drug_unsupported"),
        ("apixaban", "drug_unsupported"),
        ("Morphine 4 mg was given", "administration_unsupported"),
        ("Denies fever", "negation_unsupported"),
        ("No chest trauma", "negation_unsupported"),
        ("Chest pain without syncope", "negation_unsupported"),
        ("No known drug allergies", "allergy_unsupported"),
        ("Dissection was ruled out", "negation_unsupported"),
        ("Lungs clear", "finding_unsupported"),
        ("NKDA", "allergy_unsupported"),
        ("Pain improved", "finding_unsupported"),
        ("Dyspnea due to diabetes", "reasoning_unsupported"),
        ("likely ACS", "reasoning_unsupported"),
        ("Not documented, likely ACS", "reasoning_unsupported"),
        ("Follow-up with cardiology", "reasoning_unsupported"),
    ],
)
def test_what_the_facts_do_not_hold_is_found(said: str, rule: str) -> None:
    assert rule in rules(said)
    assert all(finding["severity"] == "critical" for finding in check(said))


def test_code_of_icd_9_is_the_same_with_its_point() -> None:
    facts = "Recorded diagnoses: CHEST PAIN NOS (ICD-9 78650)"
    assert check("Chest pain NOS (ICD-9 786.50)", facts) == []
    assert [finding["rule"] for finding in check("(ICD-9 786.51)", facts)] == ["grounding.code_unsupported"]


def test_denial_that_the_facts_hold_word_for_word_passes() -> None:
    assert check("Denies fever. Lungs clear.", "Denies fever and cough. Lungs clear.") == []


def test_finding_names_section_and_place_and_quotes_nothing() -> None:
    note = undocumented_note(physical="HR 104, troponin 0.04", allergies="Penicillin")
    number, drug = sorted(check(note), key=lambda finding: finding["rule"], reverse=True)
    assert (note[number["start"] : number["end"]], number["section"]) == ("0.04", "Physical Examination")
    assert (note[drug["start"] : drug["end"]], drug["section"]) == ("Penicillin", "Allergies")
    assert drug["rule"] == "grounding.allergy_unsupported"
    assert not any(said in str(number | drug) for said in ("0.04", "troponin", "Penicillin"))


def test_facts_without_anything_support_nothing_but_silence() -> None:
    assert check(undocumented_note(), "") == []
    assert check("HR 104", "") != []


def test_rendered_notes_are_grounded_in_their_prompts(rendered: list[tuple[str, str]]) -> None:
    assert len(rendered) > 100
    assert all(section_spans(note) for note, _ in rendered)
    assert [findings for note, prompt in rendered if (findings := check(note, prompt))] == []


def test_rendered_notes_are_not_grounded_in_the_facts_of_another_stay(rendered: list[tuple[str, str]]) -> None:
    before = ["", *(prompt for _, prompt in rendered)]
    others = [check(note, prompt) for (note, _), prompt in zip(rendered, before, strict=False)]
    assert sum(map(bool, others)) > 0.95 * len(others)


PHYSICIANS = "54-year-old woman. HR 104, BP 142/81. Denies cough. Aspirin 325 mg PO given in the ED for left arm pain."
RECORD = encounter(
    sex="F",
    age_years=54,
    chief_complaint="L Arm pain",
    triage_acuity=2,
    triage={**NO_VITAL_SIGNS, "heart_rate_bpm": 104.0, "sbp_mmhg": 142.0, "dbp_mmhg": 81.0},
    administered=[{"name": "aspirin", "amount": 325.0, "unit": "mg", "route": "PO", "times": 1}],
)


def against_the_record(note: str) -> dict[str, str]:
    findings = check_grounding(ParsedNote(note), source_of(RECORD), complete=False)
    return {finding["rule"].removeprefix("grounding."): finding["severity"] for finding in findings}


def test_physicians_note_may_say_more_than_the_record() -> None:
    assert set(against_the_record(PHYSICIANS).values()) == {"information"}
    assert against_the_record("Denies fever, cough and rash. Lungs clear.") == {
        "finding_unsupported": "information",
        "negation_unsupported": "information",
    }


@pytest.mark.parametrize(
    ("said", "instead", "rule"),
    [
        ("HR 104", "on arrival HR 140", "vital_contradicted"),
        ("54-year", "45-year", "age_contradicted"),
        ("woman", "man", "sex_contradicted"),
        ("325 mg", "3250 mg", "dose_contradicted"),
        ("left arm", "right arm", "laterality_contradicted"),
    ],
)
def test_plain_contradiction_of_the_record_blocks(said: str, instead: str, rule: str) -> None:
    assert against_the_record(PHYSICIANS.replace(said, instead))[rule] == "critical"


@pytest.mark.parametrize(
    "said",
    [
        "HR 104 at triage, later HR 90.",
        "EMS reported HR 130.",
        "HR came down to 88 on repeat.",
        "His 30-year-old son drove her.",
        "She takes aspirin 81 mg daily at home.",
        "Left arm pain. Right arm strength is full.",
    ],
)
def test_what_is_told_of_another_time_place_or_person_does_not_block(said: str) -> None:
    assert "critical" not in against_the_record(said).values()


def test_unsupported_statements_are_counted_by_kind() -> None:
    (finding,) = (
        each
        for each in check_grounding(ParsedNote(note_of()), source_of(RECORD), complete=False)
        if each["rule"] == "grounding.reasoning_unsupported"
    )
    assert (finding["start"], finding["section"]) == (None, None)
    assert re.search(r"\b\d+\b", finding["message"])
