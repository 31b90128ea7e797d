import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules

ARRIVED = "Arrived 16:05. "


@pytest.mark.parametrize(
    ("said", "is_off"),
    [
        ("16:08 epinephrine 0.5 mg IM.\n20:00 labs.\n22:20 well 4 hours after epinephrine.", True),
        ("16:08 epinephrine 0.5 mg IM.\n20:00 labs.\n22:20 well 6 hours after epinephrine.", False),
        ("16:08 epinephrine 0.5 mg IM.\n20:00 labs.\n22:20 plan: recheck 4 hours after epinephrine.", False),
        ("16:10 seen.\n18:00 labs.\n22:10 well. Observed for 12 h.", True),
        ("16:10 seen.\n18:00 labs.\n22:10 well. Observed for 6 h.", False),
        ("CT 17:22 (1 h 17 min from onset). 16:30 labs.", False),
    ],
)
def test_hours_told_are_those_between_the_clock_times(said: str, is_off: bool) -> None:
    assert (("time", "warning") in rules(ed=ARRIVED + said)) is is_off
