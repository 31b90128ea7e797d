import pytest

from edscribe_pipelines_tests.deidentify.finding.known.mentions import found


@pytest.mark.parametrize(
    "date",
    ["1971-05-04", "5/4/1971", "05/04/71", "05.04.1971", "5-4-71", "4/5/1971", "5 4 1971", "19710504", "05041971",
     "May 4, 1971", "may 4 1971", "May 4th, 1971", "May 4", "May 4th", "4 May 1971", "4-May-71", "04MAY1971", "4 May",
     "4th of May", "May 1971", "May of 1971", "5/1971", "1971-05", "Tuesday, May 4", "Tue 5/4/71", "Tues. 5/4/1971",
     "05/04"],
)  # fmt: skip
def test_date_is_found_in_every_format(date: str) -> None:
    assert found(f"seen {date} here", "birth_date", "1971-05-04") == [date]


@pytest.mark.parametrize("value", ["1971-05-04", "05/04/1971", "May 4, 1971", "19710504", "1971-05-04T10:30:00-05:00"])
def test_record_may_write_the_date_in_its_own_way(value: str) -> None:
    assert found("May 4, 1971", "birth_date", value) == ["May 4, 1971"]


@pytest.mark.parametrize(
    "text",
    ["strength 5/4", "5/4/1972", "5/4/5", "in 1971", "5/14", "May 40", "may be", "15/4/1971", "6/1971", "May 14"],
)
def test_other_dates_and_numbers_stay(text: str) -> None:
    assert found(text, "birth_date", "1971-05-04") == []


def test_day_without_a_year_needs_a_word_of_time() -> None:
    assert found("grip 5/4, since 5/4", "visit_date", "1971-05-04") == ["5/4"]


def test_month_of_birth_is_found_without_a_day() -> None:
    assert found("born May 1971", "birth_date", "1971-05") == ["May 1971"]


def test_date_that_no_calendar_knows_does_not_crash() -> None:
    assert found("on 1999-02-30", "date_of_birth", "1999-02-30") == ["1999-02-30"]
