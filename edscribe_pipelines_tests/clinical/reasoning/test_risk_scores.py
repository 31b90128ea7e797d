import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.risk_scores import check_scores, stated_scores
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("HEART score 5, moderate risk.", "HEART", 5),
        ("HEART score of 4.", "HEART", 4),
        ("HEART score 0-3, low risk.", "HEART", 0),
        ("HEART score: 3/10", "HEART", 3),
        ("Wells' score was 1.5.", "Wells", 1.5),
        ("Wells score for PE is 4.5", "Wells PE", 4.5),
        ("CURB-65 2.", "CURB-65", 2),
        ("NIHSS = 12 at 14:05.", "NIHSS", 12),
        ("qSOFA score 1", "qSOFA", 1),
        ("PERC negative.", "PERC", None),
        ("NEXUS negative.", "NEXUS", None),
        ("Ottawa ankle rules negative.", "Ottawa ankle or knee rules", None),
    ],
)
def test_a_score_is_read_with_its_value(said: str, name: str, value: float | None) -> None:
    (stated,) = stated_scores(parse_note(note_of(medical=said)))
    assert (stated.score.name, stated.value) == (name, value)


@pytest.mark.parametrize(
    "said", ["Heart rate 104.", "HEART: regular, 2/6 murmur.", "GBS 2 weeks ago.", "The sofa 7 is red."]
)
def test_other_words_are_no_score(said: str) -> None:
    assert stated_scores(parse_note(note_of(medical=said))) == []


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("HEART score 12.", "critical"),
        ("Wells PE score 14.", "critical"),
        ("NIHSS 45.", "critical"),
        ("CURB-65 score of 6", "critical"),
        ("qSOFA 4.", "critical"),
        ("Glasgow-Blatchford score 30.", "critical"),
        ("CHA2DS2-VASc 11.", "warning"),
    ],
)
def test_an_impossible_value_is_critical_where_the_range_is_verified(said: str, severity: str) -> None:
    note = note_of(medical=said)
    (finding,) = check_scores(parse_note(note))
    assert (finding["rule"], finding["severity"]) == ("decision_making.score_impossible", severity)
    assert note[finding["start"] : finding["end"]] in said


@pytest.mark.parametrize(
    "said",
    ["HEART score 10.", "NIHSS 0", "NIHSS 45 hours ago.", "HEART score 2024-01-02", "Wells 12.5", "PERC 50 years"],
)
def test_possible_values_and_other_numbers_pass(said: str) -> None:
    assert list(check_scores(parse_note(note_of(medical=said)))) == []


def test_every_score_serves_a_known_complaint_or_none() -> None:
    complaints = {row["complaint"] for row in read_table("complaints.csv")}
    for row in read_table("risk_scores.csv"):
        assert set(filter(None, row["complaints"].split(";"))) <= complaints
        assert bool(row["lowest"]) == bool(row["highest"])
        assert not row["lowest"] or float(row["lowest"]) < float(row["highest"])
