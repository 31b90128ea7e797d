import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told


@pytest.mark.parametrize(
    "said",
    [
        {"medical": "HEART score 3.", "disposition": "Discharged home given HEART score 5."},
        {"medical": "ABCD2 = 3 (age 1, BP 1, unilateral weakness 2, duration 10-59 min 1)."},
    ],
)
def test_two_values_or_items_that_do_not_add_up(said: dict[str, str]) -> None:
    assert [(rule, severity) for rule, severity, _ in told(**said)] == [("score", "warning")] * 2


@pytest.mark.parametrize(
    "said",
    [
        {"medical": "HEART score 3.", "disposition": "Discharged home given HEART score 3."},
        {"medical": "ABCD2 = 5 (age 1, BP 1, unilateral weakness 2, duration 10-59 min 1)."},
        {"physical": "NIHSS 8.", "ed": "NIHSS 2."},
        {"medical": "HEART score 5 (age 1, troponin normal)."},
    ],
)
def test_one_value_a_state_that_changes_and_words_are_quiet(said: dict[str, str]) -> None:
    assert told(**said) == []
