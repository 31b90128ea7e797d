"""A note against the facts that it was written from: what they hold passes, what they do not is found."""

from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines_tests.clinical.invented import undocumented_note
from edscribe_pipelines_tests.conftest import TakenIn

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


def rules(said: str) -> set[str]:
    return {finding["rule"].removeprefix("grounding.") for finding in check_grounding(said, FACTS)}


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
    assert check_grounding(said, FACTS) == []


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("HR120", "number_unsupported"),
        ("Heart rate in the 110s", "number_unsupported"),
        ("SpO2 99%", "vital_unsupported"),
        ("RR 98", "vital_unsupported"),
        ("T 37.9 C", "vital_unsupported"),
        ("GCS 15", "vital_unsupported"),
        ("BP 142/77", "number_unsupported"),
        ("pain 10/10", "number_unsupported"),
        ("sixty-two years old", "number_unsupported"),
        ("troponin 0.04", "number_unsupported"),
        ("½ tablet", "number_unsupported"),
        ("at 10:41", "number_unsupported"),
        ("HR ١٢٠", "number_unsupported"),
        ("1. HR 104\n7. beats", "number_unsupported"),
        ("ESI 3", "acuity_unsupported"),
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
        ("No known drug allergies", "negation_unsupported"),
        ("Dissection was ruled out", "negation_unsupported"),
        ("Lungs clear", "finding_unsupported"),
        ("NKDA", "finding_unsupported"),
        ("Pain improved", "finding_unsupported"),
        ("Dyspnea due to diabetes", "reasoning_unsupported"),
        ("likely ACS", "reasoning_unsupported"),
        ("Not documented, likely ACS", "reasoning_unsupported"),
        ("Follow-up with cardiology", "reasoning_unsupported"),
    ],
)
def test_what_the_facts_do_not_hold_is_found(said: str, rule: str) -> None:
    assert rule in rules(said)
    assert all(finding["severity"] == "critical" for finding in check_grounding(said, FACTS))


def test_code_of_icd_9_is_the_same_with_its_point() -> None:
    facts = "Recorded diagnoses: CHEST PAIN NOS (ICD-9 78650)"
    assert check_grounding("Chest pain NOS (ICD-9 786.50)", facts) == []
    assert [finding["rule"] for finding in check_grounding("(ICD-9 786.51)", facts)] == ["grounding.code_unsupported"]


def test_denial_that_the_facts_hold_word_for_word_passes() -> None:
    assert check_grounding("Denies fever. Lungs clear.", "Denies fever and cough. Lungs clear.") == []


def test_finding_names_section_and_place_and_quotes_nothing() -> None:
    note = undocumented_note(physical="HR 104, troponin 0.04", allergies="Penicillin")
    number, drug = sorted(check_grounding(note, FACTS), key=lambda finding: finding["rule"], reverse=True)
    assert (note[number["start"] : number["end"]], number["section"]) == ("0.04", "Physical Examination")
    assert (note[drug["start"] : drug["end"]], drug["section"]) == ("Penicillin", "Allergies")
    assert drug["rule"] == "grounding.drug_unsupported"
    assert not any(said in str(number | drug) for said in ("0.04", "troponin", "Penicillin"))


def test_facts_without_anything_support_nothing_but_silence() -> None:
    assert check_grounding(undocumented_note(chief="Chest pain"), "") == []
    assert check_grounding("HR 104", "") != []


def test_rendered_notes_are_grounded_in_their_prompts(taken_in: TakenIn) -> None:
    pairs = taken_in.synthesis.cases.select("completion", "prompt")
    assert pairs.height > 100
    spans = [section_spans(note) for note in pairs["completion"]]
    assert all(spans)
    assert [findings for note, prompt in pairs.iter_rows() if (findings := check_grounding(note, prompt))] == []


def test_rendered_notes_are_not_grounded_in_the_facts_of_another_stay(taken_in: TakenIn) -> None:
    notes, prompts = taken_in.synthesis.cases["completion"], taken_in.synthesis.cases["prompt"]
    others = [check_grounding(note, prompt) for note, prompt in zip(notes, prompts.shift(1).fill_null(""), strict=True)]
    assert sum(map(bool, others)) > 0.95 * len(others)
