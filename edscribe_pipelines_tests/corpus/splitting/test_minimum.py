from edscribe_pipelines.corpus.splitting.minimum import minimum_cases
from edscribe_pipelines_tests.corpus.invented import case, frame, physician_case

CASES = frame(*(case(number) for number in range(6)), physician_case(6), physician_case(7))


def test_tiers_count_together_and_each_on_its_own() -> None:
    assert minimum_cases(CASES, 6) == {
        "minimum": 6,
        "cases": 8,
        "met": True,
        "tiers": {"physician": 2, "drafted": 0, "rendered": 6},
        "met_by": ["rendered"],
    }


def test_minimum_may_be_met_by_no_tier_alone() -> None:
    assert minimum_cases(CASES, 8)["met"]
    assert minimum_cases(CASES, 8)["met_by"] == []


def test_minimum_is_not_met_below_it() -> None:
    assert not minimum_cases(CASES, 9)["met"]
    assert not minimum_cases(CASES.clear(), 1)["met"]
