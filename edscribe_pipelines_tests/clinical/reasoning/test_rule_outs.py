import pytest

from edscribe_pipelines.clinical.reasoning.rule_outs import cannot_miss, check_rule_outs
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.clinical.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


def missing(note: str, **facts: str | None) -> str:
    return "; ".join(finding["message"] for finding in check_rule_outs(note, **facts))  # type: ignore[arg-type]


def test_an_unaddressed_diagnosis_is_a_warning_at_the_decision_making() -> None:
    note = note_of(medical="ACS considered. PE unlikely by PERC.")
    (finding,) = check_rule_outs(note)
    assert (finding["rule"], finding["severity"]) == ("rule_out.chest_pain", "warning")
    assert note[finding["start"] : finding["end"]] == "ACS considered. PE unlikely by PERC."
    assert "aortic dissection" in finding["message"]
    assert "pulmonary embolism" not in finding["message"]
    assert "acute coronary" not in finding["message"]


def test_short_names_count_only_as_words_in_their_case() -> None:
    assert "pulmonary embolism" in missing(note_of(medical="Hope to discharge. Unspecific."))


def test_a_diagnosis_in_the_history_is_not_addressed_now() -> None:
    said = {"past": "Aortic dissection.", "medical": "Likely muscular."}
    assert "aortic dissection" in missing(note_of(**said))


@pytest.mark.parametrize(("sex", "expected"), [("M", False), ("F", True), (None, True)])
def test_a_diagnosis_of_one_sex_is_expected_of_that_sex(sex: str | None, expected: bool) -> None:
    assert ("ectopic" in missing(note_of(chief="Abdominal pain"), sex=sex)) is expected


def test_the_recorded_complaint_goes_before_the_notes() -> None:
    assert "Not addressed for headache" in missing(note_of(), chief_complaint="Headache")


def test_a_note_or_source_without_reasoning_gets_information() -> None:
    unreasoned = check_rule_outs(note_of(medical=NOT_DOCUMENTED))
    structured = check_rule_outs(note_of(), source_holds_reasoning=False)
    assert {finding["severity"] for finding in unreasoned + structured} == {"information"}


def test_the_plans_four_high_risk_diagnoses_are_in_the_table() -> None:
    diagnoses = " ".join(row["diagnosis"] for row in read_table("rule_outs.csv"))
    for name in ("acute coronary syndrome", "pulmonary embolism", "stroke", "sepsis"):
        assert name in diagnoses


def test_every_complaint_has_diagnoses() -> None:
    assert all(diagnoses for _, _, diagnoses in cannot_miss())
