import pytest

from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import rules

TIME = ("time", "warning")


@pytest.mark.parametrize(
    "said",
    [
        {"history": "She swallowed pills at 14:00.", "labs": "APAP at 22:00 (4 h) 212."},
        {"history": "Last known well 03:10.", "medical": "Stroke, onset 09:10."},
        {"history": "Injury at 16:05, arrival 21:48.", "medical": "TXA within 3 hours of injury."},
        {"ed": "Arrived 14:20. ECG 14:05."},
        {"history": "It lasted about 4 minutes.", "medical": "ABCD2 counts duration 10-59 min."},
    ],
)
def test_times_that_do_not_fit(said: dict[str, str]) -> None:
    assert TIME in rules(**said)


@pytest.mark.parametrize(
    "said",
    [
        {"history": "She swallowed pills at 18:00.", "labs": "APAP at 22:00 (4 h) 212."},
        {"history": "Last known well 09:10.", "medical": "Stroke, onset 09:10."},
        {"history": "Injury at 21:05, arrival 21:48.", "medical": "TXA within 3 hours of injury."},
        {"ed": "Arrived 14:20. ECG 14:25. EMS ECG 14:05."},
        {"history": "Onset 23:30. Arrived 00:20.", "medical": "Within 4.5 h of onset."},
        {"history": "Injury at 16:05, arrival 21:48.", "disposition": "Return within 3 hours if worse."},
        {"medical": "Single ingestion, 4 h level 238."},
        {"history": "It lasted about 25 minutes.", "medical": "ABCD2 counts duration 10-59 min."},
    ],
)
def test_times_that_fit_are_quiet(said: dict[str, str]) -> None:
    assert TIME not in rules(**said)
