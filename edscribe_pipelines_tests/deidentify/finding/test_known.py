from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers


def _found(text: str, kind: str, value: str) -> list[str]:
    return [text[find.start : find.end] for find in KnownIdentifiers([{"kind": kind, "value": value}]).finds(text)]


@pytest.mark.parametrize("text", ["O'Brien", "o’brien", "OBRIEN", "O Brien"])
def test_apostrophe_of_a_name_may_be_missing(text: str) -> None:
    assert text in _found(text, "kin_name", "O'Brien")


def test_function_words_of_a_name_never_count_alone() -> None:
    assert _found("he and an aide", "patient_name", "An He") == []


def test_short_value_is_ignored() -> None:
    assert _found("a 7 b", "mrn", "7") == []


def test_number_counts_only_as_a_whole() -> None:
    assert _found("1123456 and 12-34-56", "mrn", "123456") == ["12-34-56"]


def test_street_address_goes_as_a_whole_only() -> None:
    assert _found("12 Elm Street, not elm", "home_address", "12 Elm Street") == ["12 Elm Street"]


def test_date_that_no_calendar_knows_does_not_crash() -> None:
    assert _found("on 1999-02-30", "date_of_birth", "1999-02-30") == ["1999-02-30"]
