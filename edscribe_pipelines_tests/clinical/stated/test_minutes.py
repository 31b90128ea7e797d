import pytest

from edscribe_pipelines.clinical.stated.minutes import minutes_after_arrival


@pytest.mark.parametrize(
    ("note", "minute"),
    [
        ("Arrival: 14:32\n15:02 BP", 30),
        ("Arrived at 14:32.\nAt 15:02: BP", 30),
        ("Arrival: 18 Jun 2010 14:32\nBP (15:02)", 30),
        ("Arrival date/time: 06/18/2010 14:32\nBP at 15:02", 30),
        ("Arrival: 23:50\n00:20 BP", 30),
        ("Arrived at 11:50 PM\nat 12:20 AM BP", 30),
        ("Arrival: 14:32\n14:10 BP", None),
        ("Arrival: 14:32\n15:02 CT negative, BP", None),
        ("EMS arrived at 14:32\n15:02 BP", None),
        ("15:02 BP", None),
        ("Arrival: 14:32\nBP", None),
        ("Arrival: 14:32. Arrival: 15:10\n15:20 BP", None),
        ("Arrival: 14:32\nDone at 15:02; BP", None),
        ("45 minutes after arrival BP", 45),
        ("BP 2 hours after triage", 120),
        ("45 minutes ago BP", None),
    ],
)
def test_minute_is_given_by_the_clause(note: str, minute: int | None) -> None:
    assert minutes_after_arrival(note, note.index("BP")) == minute
