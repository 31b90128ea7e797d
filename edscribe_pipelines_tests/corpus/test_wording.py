import polars as pl
import pytest

from edscribe_pipelines.corpus.wording import CONVERSIONS, worded

FIGURES = [98.4, 104.0, 97.0, 0.0, -0.0, 100.0, 37.25, 0.1, 36.6666667, 1e-5, 1234567.0, 99.99999999]


@pytest.mark.parametrize("conversion", ["number", "out_of_ten", "amount"])
def test_column_is_worded_as_its_values_are_one_by_one(conversion: str) -> None:
    values = pl.Series([*FIGURES, None, *FIGURES], dtype=pl.Float64)
    one_by_one = [None if value is None else CONVERSIONS[conversion](value) for value in values]
    assert worded(values, conversion).to_list() == one_by_one


def test_every_tenth_and_quarter_of_a_vital_sign_is_worded_as_one_value_is() -> None:
    values = pl.Series([tenth / 10 for tenth in range(5000)] + [quarter / 4 for quarter in range(2000)])
    assert worded(values, "number").to_list() == [f"{value:g}" for value in values]


def test_large_dose_keeps_all_its_digits() -> None:
    assert worded(pl.Series([2_400_000.0, 0.3, 4.0]), "amount").to_list() == ["2400000", "0.3", "4"]


@pytest.mark.parametrize(
    ("conversion", "value"), [("sex", "X"), ("transport", "UNKNOWN"), ("disposition", "ELOPED"), ("verbatim", "")]
)
def test_value_that_is_no_fact_has_no_words(conversion: str, value: str) -> None:
    assert worded(pl.Series([value, None], dtype=pl.String), conversion).to_list() == [None, None]


def test_age_over_89_is_one_class() -> None:
    assert worded(pl.Series([89, 90, 104]), "age").to_list() == ["89", "90+", "90+"]
