from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.replacing.date_shift import DateShift

KEY = b"a key of the tests"


def test_offsets_reach_a_year_both_ways_and_are_never_zero() -> None:
    offsets = [DateShift(KEY, f"patient {number}", 2024).days for number in range(20_000)]
    assert set(offsets) == set(range(-365, 366)) - {0}


def test_patient_keeps_the_offset_and_another_key_gives_another() -> None:
    assert DateShift(KEY, "p", 2024).days == DateShift(KEY, "p", 1999).days
    assert len({DateShift(bytes([number]), "p", 2024).days for number in range(50)}) > 40


@given(st.dates(), st.dates(), st.text(max_size=4))
def test_intervals_between_dates_stay(one: object, other: object, patient: str) -> None:
    shift = DateShift(KEY, patient, 2024)
    before = [datetime.strptime(f"{value}", "%Y-%m-%d") for value in (one, other)]
    written = [shift.moved(f"{value}") for value in (one, other)]
    if all(written) and all(value[:2] in ("18", "19", "20") for value in written):
        after = [datetime.strptime(value, "%Y-%m-%d") for value in written]
        assert after[1] - after[0] == before[1] - before[0]
        assert after[0] != before[0]


@pytest.mark.parametrize("value", ["Thanksgiving", "Sunday", "2/30/2024", "2/29/23"])
def test_what_cannot_be_moved_becomes_a_tag(value: str) -> None:
    assert DateShift(KEY, "p", 2024).write(value, "DATE") == "[DATE]"
