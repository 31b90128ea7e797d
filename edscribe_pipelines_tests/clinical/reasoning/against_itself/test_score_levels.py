import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told

_ROS = "Otherwise negative."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("score", {"medical": "HEART score 7, low risk, home."}),
        ("score", {"medical": "Low-risk HEART score of 6."}),
        ("score", {"medical": "CURB-65 4, low risk, outpatient."}),
        ("score", {"medical": "Glasgow-Blatchford 0, high risk, scope tonight."}),
        ("score", {"medical": "Child-Pugh A (11)."}),
        ("score", {"medical": "Child-Pugh C (5)."}),
        ("score", {"medical": "Moderate croup, Westley score 9."}),
        ("score", {"medical": "qSOFA negative at 3."}),
        ("score", {"medical": "NIHSS 24, minor stroke, no lysis."}),
        ("score", {"medical": "PERC negative (2)."}),
        ("score", {"medical": "TWIST 1, high probability of torsion."}),
        ("score", {"medical": "Alvarado 9, appendicitis unlikely."}),
        ("score", {"medical": "CIWA 32, mild withdrawal."}),
        ("score", {"medical": "Wells score 0 for PE, high probability."}),
        ("score", {"medical": "Mild TBI, GCS 7."}),
    ],
)
def test_a_score_called_otherwise(rule: str, said: dict[str, str]) -> None:
    assert {(rule, "warning")} <= {(name, severity) for name, severity, _ in told(review=_ROS, **said)}


@pytest.mark.parametrize(
    "said",
    [
        {"medical": "HEART score 3, low risk, home."},
        {"medical": "HEART score 5, moderate risk, not low risk."},
        {"medical": "CURB-65 1, low risk. Child-Pugh C (11). Child-Pugh B (8)."},
        {"medical": "Glasgow-Blatchford 12, high risk."},
        {"medical": "Moderate croup, Westley score 4."},
        {"medical": "qSOFA 0, negative. PERC negative. PERC negative (0)."},
        {"medical": "NIHSS 2, minor stroke."},
        {"medical": "TWIST 7, high probability of torsion. Alvarado 3, appendicitis unlikely."},
        {"medical": "CIWA 6, mild withdrawal."},
        {"medical": "HEART 7 is not low risk; PE low risk by Wells."},
        {"medical": "Mild TBI, GCS 14."},
        {"medical": "Wells 0, low probability. Wells 7, PE likely."},
        {"medical": "HEART 5. Low threshold to return. Low suspicion for PE."},
    ],
)
def test_a_score_called_what_it_is_is_quiet(said: dict[str, str]) -> None:
    assert told(review=_ROS, **said) == []
