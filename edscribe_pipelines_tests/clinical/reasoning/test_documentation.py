import pytest

from edscribe_pipelines.clinical.reasoning.documentation import judge_decision_making, judge_disposition
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
    assert judge_decision_making(note_of(medical=said), structured=False) == verdict


@pytest.mark.parametrize(
    ("said", "reasoning", "verdict"),
    [
        ("Admitted for serial troponins.", "ACS considered.", "pass"),
        ("Discharged home, pain resolved.", "ACS considered.", "pass"),
        ("Admitted.", "Admit given the risk.", "pass"),
        ("Admitted.", "Troponin rising. ACS likely given that.", "fail"),
        ("Stable.", "ACS considered.", "fail"),
        (NOT_DOCUMENTED, "ACS considered.", "fail"),
    ],
)
def test_a_physicians_disposition_needs_a_term_and_a_rationale(said: str, reasoning: str, verdict: str) -> None:
    assert judge_disposition(note_of(disposition=said, medical=reasoning), None, structured=False) == verdict


@pytest.mark.parametrize(
    ("recorded", "said", "verdict"),
    [
        ("ADMITTED", "Admitted after 263 min in the ED.", "not_assessable"),
        ("OTHER", "Disposition recorded as other.", "not_assessable"),
        (None, NOT_DOCUMENTED, "not_assessable"),
        ("ADMITTED", "Chest pain.", "fail"),
    ],
)
def test_reasons_of_structured_rows_are_not_assessable(recorded: str | None, said: str, verdict: str) -> None:
    facts = encounter(disposition=recorded)
    assert judge_disposition(note_of(disposition=said), facts, structured=True) == verdict
    assert judge_decision_making(note_of(medical=said), structured=True) == "not_assessable"
