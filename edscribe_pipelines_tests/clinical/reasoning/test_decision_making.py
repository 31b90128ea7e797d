import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.decision_making import check_decision_making, judge_decision_making
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("Differential: ACS, PE.", "pass"),
        ("PE ruled out by CTPA.", "pass"),
        ("Given the normal troponins, muscular.", "pass"),
        ("Chest pain, unspecified.", "fail"),
        (NOT_DOCUMENTED, "fail"),
    ],
)
def test_a_physicians_decision_making_must_show_reasoning(said: str, verdict: str) -> None:
    assert judge_decision_making(parse_note(note_of(medical=said)), None, structured=False) == verdict


def test_reasoning_that_addresses_none_of_the_published_diagnoses_fails() -> None:
    note = parse_note(note_of(medical="Likely muscular.", labs="Sodium 139.", disposition="Discharged home, stable."))
    assert judge_decision_making(note, None, structured=False) == "fail"
    assert [finding["rule"] for finding in check_decision_making(note, "fail", None)][:1] == [
        "decision_making.cannot_miss"
    ]


@pytest.mark.parametrize("said", ["PERC negative, so likely muscular.", "Likely muscular, no dissection."])
def test_one_diagnosis_addressed_is_reasoning_enough_for_the_gate(said: str) -> None:
    note = parse_note(note_of(medical=said, labs="Sodium 139.", disposition="Discharged home, stable."))
    assert judge_decision_making(note, None, structured=False) == "pass"


def test_a_complaint_without_a_published_list_needs_only_reasoning() -> None:
    note = parse_note(note_of(chief="Palpitations", medical="Likely caffeine.", labs="None.", disposition="Home."))
    assert judge_decision_making(note, None, structured=False) == "pass"


def test_a_note_of_structured_rows_is_not_assessable() -> None:
    note = parse_note(note_of(medical=NOT_DOCUMENTED))
    assert judge_decision_making(note, encounter(), structured=True) == "not_assessable"
    assert list(check_decision_making(note, "not_assessable", encounter())) == []


def test_a_complaint_with_published_scores_and_none_used_is_information() -> None:
    rules = {
        finding["rule"]: finding["severity"] for finding in check_decision_making(parse_note(note_of()), "pass", None)
    }
    scored = parse_note(note_of(medical="ACS less likely, HEART score 3."))
    assert rules == {"decision_making.risk_stratification": "information"}
    assert list(check_decision_making(scored, "pass", None)) == []


def test_what_is_tested_and_not_named_in_the_decision_making_is_information() -> None:
    note = parse_note(note_of(labs="CTA aorta normal. Troponin normal.", medical="HEART score 3, so ACS is unlikely."))
    (finding,) = check_decision_making(note, "pass", None)
    assert (finding["rule"], finding["severity"]) == ("decision_making.not_weighed", "information")
    assert finding["message"] == "Tested or denied, not named in the decision making: aortic dissection."


def test_weighing_several_diagnoses_of_the_complaint_is_reasoning_without_a_word_for_it() -> None:
    terse = "ACS: trops flat. PE: PERC 0. Dissection: pulses equal. Chest wall pain."
    assert judge_decision_making(parse_note(note_of(medical=terse)), None, structured=False) == "pass"
    single = note_of(medical="Chest wall pain. Naproxen.")
    assert judge_decision_making(parse_note(single), None, structured=False) == "fail"
