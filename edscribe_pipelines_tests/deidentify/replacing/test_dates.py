from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.replacing.dates import full_date_in, moved, read_dates

FORMATS = ("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d", "%m.%d.%Y", "%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%B %d, %Y", "%b %d %Y",
           "%d %B %Y", "%m/%d/%y", "%d-%b-%y")  # fmt: skip


def in_ten_days(value: str) -> str:
    return moved(value, read_dates(value), 10, 2024)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3/14/2024", "3/24/2024"),
        ("03/04/2024", "03/14/2024"),
        ("12/28/2024", "01/07/2025"),
        ("14/3/2024", "24/3/2024"),
        ("2024-02-25", "2024-03-06"),
        ("20240225", "20240306"),
        ("3/14/24", "3/24/24"),
        ("12/28/99", "01/07/00"),
        ("March 14th, 2024", "March 24th, 2024"),
        ("March 22nd", "April 1st"),
        ("Mar. 14, '24", "Mar. 24, '24"),
        ("18 Jun 2010", "28 Jun 2010"),
        ("18-JAN-2010", "28-JAN-2010"),
        ("14-mar-24", "24-mar-24"),
        ("August 30", "September 9"),
        ("5-22", "6-1"),
        ("02/25", "03/06"),
        ("2/29", "3/10"),
        ("03/2019", "03/2019"),
        ("2019-06", "2019-06"),
        ("Nov.", "Nov."),
        ("December 25 2023", "January 4 2024"),
        ("3/14-3/18", "3/24-3/28"),
        ("March 14 to April 2, 2024", "March 24 to April 12, 2024"),
        ("2010-2015", "2010-2015"),
        ("2024-03-14T10:30:00Z", "2024-03-24T10:30:00Z"),
        ("2024-3-4T10:30:00.5+01:00", "2024-3-14T10:30:00.5+01:00"),
        ("3/14/2024 at 2:30 pm", "3/24/2024 at 2:30 pm"),
    ],
)
def test_date_moves_in_its_own_format(value: str, expected: str) -> None:
    assert in_ten_days(value) == expected


@pytest.mark.parametrize(
    "value",
    ["Thanksgiving", "Monday", "Mon 3/14", "the third of March", "14th", "13/13/2024", "2/30/2024", "19-02-09",
     "Mar 7-9", "3/14/2024x", "", " ", "May I"],
)  # fmt: skip
def test_what_is_no_certain_date_is_not_read(value: str) -> None:
    assert read_dates(value) == []


@given(st.dates(date(1930, 1, 1), date(2024, 1, 1)), st.integers(-365, 365), st.sampled_from(FORMATS))
def test_full_date_moves_as_the_calendar_does(moment: date, days: int, form: str) -> None:
    value = moment.strftime(form)
    there = moved(value, read_dates(value), days, 2024)
    assert full_date_in(there) is not None or form.endswith("%y")
    if not form.endswith("%y"):
        assert [written.moment(2024) for written in read_dates(there)] == [moment + timedelta(days=days)]
    if form[1] in "mYd" and "%b" not in form and "%B" not in form:
        assert len(there) == len(value)


@given(st.dates(date(1930, 1, 1), date(2024, 1, 1)), st.integers(-365, 365))
def test_numeric_date_moved_there_and_back_is_itself(moment: date, days: int) -> None:
    value = f"{moment:%m/%d/%Y}"
    there = moved(value, read_dates(value), days, 2024)
    assert moved(there, read_dates(there), -days, 2024) == value


@given(st.text(max_size=12))
def test_any_text_is_read_without_an_error(value: str) -> None:
    assert all(value[written.start : written.end] for written in read_dates(value))


def test_full_date_has_four_digits_of_a_year() -> None:
    assert full_date_in("March 14, 2024") is not None
    assert full_date_in("3/14/24") is None
    assert full_date_in("3/14/2024 to 3/18/2024") is None
