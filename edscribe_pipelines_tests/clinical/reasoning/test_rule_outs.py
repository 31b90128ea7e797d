from typing import Any

import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.rule_outs import check_rule_outs
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


def missing(note: str, **facts: Any) -> str:
    findings = check_rule_outs(parse_note(note), encounter(**facts), source_holds_reasoning=True)
    return "; ".join(finding["message"] for finding in findings)


def test_an_unaddressed_diagnosis_is_a_warning_at_the_decision_making() -> None:
    note = note_of(medical="ACS considered. PE unlikely by PERC.")
    (finding,) = check_rule_outs(parse_note(note), None, source_holds_reasoning=True)
    assert (finding["rule"], finding["severity"]) == ("rule_out.chest_pain", "warning")
    assert note[finding["start"] : finding["end"]] == "ACS considered. PE unlikely by PERC."
    assert "aortic dissection" in finding["message"]
    assert "pulmonary embolism" not in finding["message"]
    assert "acute coronary" not in finding["message"]


def test_the_message_counts_what_is_addressed_and_names_the_mandatory_first() -> None:
    said = missing(note_of(medical="PE unlikely by PERC.", labs="Sodium 139.", disposition="Home."))
    assert said.startswith("Not addressed for chest pain: acute coronary syndrome (mandatory); ")
    assert said.endswith("Addressed: 1, expected at least 3.")


@pytest.mark.parametrize("said", ["Hope to discharge. Unspecific.", "Pericles, pepper, type."])
def test_short_names_count_only_as_words_in_their_case(said: str) -> None:
    assert "pulmonary embolism" in missing(note_of(medical=said))


@pytest.mark.parametrize(
    "said",
    [
        {"past": "Aortic dissection."},
        {"history": "Pain. History of aortic dissection."},
        {"history": "Pain. Father had an aortic dissection."},
        {"disposition": "Discharged home. Return for tearing pain, as it may mean an aortic dissection."},
    ],
)
def test_history_family_and_return_precautions_address_nothing(said: dict[str, str]) -> None:
    assert "aortic dissection" in missing(note_of(**{"medical": "Likely muscular.", **said}))


@pytest.mark.parametrize(
    "said",
    [
        {"medical": "Dissection unlikely."},
        {"medical": "No aortic dissection on CTA."},
        {"labs": "CTA aorta normal."},
        {"history": "No tearing pain to suggest dissection."},
        {"disposition": "Admitted for aortic dissection."},
        {"medical": "Possible aortic dissection."},
    ],
)
def test_considered_denied_tested_or_made_is_addressed(said: dict[str, str]) -> None:
    assert "aortic dissection" not in missing(note_of(**{"medical": "Likely muscular.", **said}))


@pytest.mark.parametrize(
    ("sex", "age", "expected"),
    [
        ("M", 30, False),
        ("F", 30, True),
        (None, None, True),
        ("F", 11, False),
        ("F", 12, True),
        ("F", 55, True),
        ("F", 56, False),
    ],
)
def test_pregnancy_is_expected_of_women_of_12_to_55(sex: str | None, age: int | None, expected: bool) -> None:
    note = note_of(chief="Abdominal pain", history="Pain since two hours.")
    assert ("ectopic" in missing(note, sex=sex, age_years=age)) is expected


def test_sex_and_age_are_read_in_the_note_where_no_record_has_them() -> None:
    note = note_of(chief="Abdominal pain", history="A 61 year old man with pain since two hours.")
    assert "ectopic" not in missing(note)
    assert "testicular torsion" in missing(note)


@pytest.mark.parametrize(("said", "is_missing"), [("No CVA tenderness.", True), ("CVA considered.", False)])
def test_a_tender_flank_is_no_stroke(said: str, is_missing: bool) -> None:
    assert ("stroke/TIA" in missing(note_of(chief="Weakness", medical=said))) is is_missing


def test_a_hysterectomy_excludes_pregnancy() -> None:
    note = note_of(chief="Abdominal pain", past="Hysterectomy.")
    assert "ectopic" not in missing(note, sex="F", age_years=40)


@pytest.mark.parametrize(("age", "expected"), [(49, False), (50, True)])
def test_giant_cell_arteritis_is_expected_from_50(age: int, expected: bool) -> None:
    assert ("giant cell" in missing(note_of(chief="Headache"), age_years=age)) is expected


@pytest.mark.parametrize(
    ("said", "expected"), [("Fainted after a headache.", True), ("Fainted. Denies headache.", False)]
)
def test_a_condition_must_hold(said: str, expected: bool) -> None:
    assert ("subarachnoid" in missing(note_of(chief="Syncope", history=said))) is expected


def test_the_recorded_complaint_goes_before_the_notes() -> None:
    assert "Not addressed for headache" in missing(note_of(), chief_complaint="Headache")


def test_a_note_or_source_without_reasoning_gets_information() -> None:
    unreasoned = check_rule_outs(parse_note(note_of(medical=NOT_DOCUMENTED)), None, source_holds_reasoning=True)
    structured = check_rule_outs(parse_note(note_of()), None, source_holds_reasoning=False)
    assert {finding["severity"] for finding in unreasoned + structured} == {"information"}


@pytest.mark.parametrize("complaint", [row["complaint"] for row in read_table("complaints.csv")])
def test_every_name_of_the_table_addresses_its_diagnosis(complaint: str) -> None:
    blank = dict.fromkeys(("history", "labs", "ed", "disposition", "physical"), "Nothing.")
    for row in (row for row in read_table("rule_outs.csv") if row["complaint"] == complaint):
        facts = {"sex": row["sex"] or None, "age_years": int(row["age_low"] or 40), "chief_complaint": complaint}
        condition = {"review": row["applies_if"].split(";")[0]}
        assert f" {row['diagnosis']}" in missing(note_of(**blank, **condition, medical="Nothing."), **facts)
        for name in filter(None, (*row["synonyms"].split(";"), *row["tests"].split(";"))):
            said = f"Considered: {name.replace('#', '4').partition(' (')[0]}."
            assert f" {row['diagnosis']}" not in missing(note_of(**blank, **condition, medical=said), **facts), name


def test_the_plans_four_high_risk_diagnoses_are_in_the_table() -> None:
    diagnoses = " ".join(row["diagnosis"] for row in read_table("rule_outs.csv"))
    for name in ("acute coronary syndrome", "pulmonary embolism", "stroke", "sepsis"):
        assert name in diagnoses


def severities(note: str) -> dict[str, str]:
    findings = check_rule_outs(parse_note(note), None, source_holds_reasoning=True)
    return {finding["rule"]: finding["severity"] for finding in findings}


@pytest.mark.parametrize(
    ("disposition", "severity"),
    [
        ("Discharged home in good condition, to return for chest pain.", "critical"),
        ("Admitted to cardiology.", "warning"),
        ("Transferred to the heart centre.", "warning"),
    ],
)
def test_a_mandatory_diagnosis_of_a_published_list_blocks_where_the_patient_goes_home(
    disposition: str, severity: str
) -> None:
    note = note_of(labs="Troponin negative twice.", medical="ACS unlikely. PE: PERC negative.", disposition=disposition)
    assert severities(note) == {"rule_out.chest_pain": severity}


def test_what_is_mandatory_and_addressed_does_not_block() -> None:
    medical = "ACS unlikely. PE: PERC negative. No dissection or pneumothorax on CTA."
    assert severities(note_of(medical=medical, disposition="Discharged home.")) == {"rule_out.chest_pain": "warning"}


@pytest.mark.parametrize("said", ["acs unlikely", "trop neg x2", "ecg: no stemi"])
def test_abbreviations_count_in_small_letters(said: str) -> None:
    assert "acute coronary" not in missing(note_of(medical=said, labs="Sodium 139."))


@pytest.mark.parametrize("said", ["slow but fast enough", "ten minutes by sea"])
def test_small_letters_of_a_word_are_no_abbreviation(said: str) -> None:
    left_out = missing(note_of(chief="Allergic reaction", medical=f"Hives, {said}."))
    assert "SJS/TEN/DRESS" in left_out


_WEIGHED = "ACS: troponins flat. PE: PERC negative. Pneumothorax: lungs up. Pericarditis: no rub."


@pytest.mark.parametrize("disposition", ["Discharged home.", "Admitted to telemetry."])
def test_a_list_that_passes_over_what_must_be_weighed_blocks_wherever_the_patient_goes(disposition: str) -> None:
    note = note_of(medical=_WEIGHED, physical="Pulses equal in both arms.", disposition=disposition)
    findings = check_rule_outs(parse_note(note), None, source_holds_reasoning=True)
    (finding,) = [each for each in findings if each["severity"] == "critical"]
    assert finding["message"] == "The decision making weighs other causes of chest pain and not: aortic dissection."


@pytest.mark.parametrize(
    "medical",
    [
        f"{_WEIGHED} Dissection: pulses equal.",
        f"{_WEIGHED} Mediastinum normal on the film.",
        "ACS: troponins flat. PE: PERC negative.",
    ],
)
def test_what_is_weighed_by_name_or_test_or_beside_few_others_does_not_block(medical: str) -> None:
    note = note_of(medical=medical, physical="Pulses equal in both arms.", disposition="Admitted to telemetry.")
    findings = check_rule_outs(parse_note(note), None, source_holds_reasoning=True)
    assert [each for each in findings if each["severity"] == "critical"] == []
