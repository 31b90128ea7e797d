from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.daily.frequencies import frequency_in


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        (" PO q6h PRN", 4, 4),
        (" PO Q 8 hrs", 3, 3),
        (" q4-6h as needed", 4, 6),
        (" every four to six hours", 4, 6),
        (" every two hours around the clock", 12, 12),
        (" every hour", 24, 24),
        (" every other hour", 12, 12),
        (" hourly", 24, 24),
        (" q1h", 24, 24),
        (" 4-hourly", 6, 6),
        (" BID x7 days", 2, 2),
        (" t.i.d. for ten days", 3, 3),
        (" QID", 4, 4),
        (" four times a day", 4, 4),
        (" 8x/day", 8, 8),
        (" x6 daily", 6, 6),
        (" 3 to 4 times daily", 3, 4),
        (" 5 doses in 24 hours", 5, 5),
        (" twice daily", 2, 2),
        (" nightly", 1, 1),
        (" qhs", 1, 1),
        (" every other day", 0.5, 0.5),
        (" once a week", 0.143, 0.143),
        (" q2h x3", 3, 3),
        (" every 2 hours for 2 doses", 2, 2),
        (" q12h x 5 days", 2, 2),
    ],
)
def test_a_frequency_is_doses_a_day(said: str, least: float, most: float) -> None:
    found = frequency_in(said)
    assert found
    assert (found.least, found.most) == (least, most)


@pytest.mark.parametrize("said", [" IV push", " q15min", " over 2 hours", " 20 minutes ago", " at 14:00", ""])
def test_what_is_no_frequency_is_none(said: str) -> None:
    assert frequency_in(said) is None
