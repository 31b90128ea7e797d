from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.replacing.safe_harbor import SafeHarbor, Years, zip3
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.tables import read_table

RESTRICTED_2000 = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893"


def written(
    value: str, span_type: str = "DATE", arrival: int | None = 2024, others: tuple[tuple[str, str], ...] = ()
) -> str:
    return SafeHarbor(Years.of_note([(value, span_type), *others], arrival)).write(value, span_type)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3/14/2024", "[DATE 2024]"),
        ("March 14th, 2024", "[DATE 2024]"),
        ("20240314", "[DATE 2024]"),
        ("Christmas 2019", "[DATE 2019]"),
        ("2019", "[DATE 2019]"),
        ("3/14/24", "[DATE 2024]"),
        ("14-MAR-71", "[DATE 1971]"),
        ("2019-2021", "[DATE 2019-2021]"),
        ("3/1/2024 - 3/4/2024", "[DATE 2024]"),
        ("5-22", "[DATE]"),
        ("Thanksgiving", "[DATE]"),
        ("March", "[DATE]"),
        ("5/22/1937", "[DATE 1937]"),
        ("5/22/1936", "[DATE]"),
        ("5/22/1887", "[DATE]"),
        ("5/22/35", "[DATE]"),
        ("5/22/25", "[DATE]"),
    ],
)
def test_date_keeps_its_year_unless_it_tells_an_age_over_89(value: str, expected: str) -> None:
    assert written(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("8/2/1945", "[DATE]"), ("8/2/1946", "[DATE 1946]"), ("8/2/2024", "[DATE 2024]"), ("8/2/24", "[DATE]")],
)
def test_beside_an_age_over_89_younger_years_go_too_and_short_ones_always(value: str, expected: str) -> None:
    assert written(value, others=(("94", "AGE"),)) == expected
    assert written(value, others=(("nonagenarian", "AGE"),)) == expected


def test_age_that_is_not_over_89_takes_no_year_along() -> None:
    assert written("8/2/1940", others=(("84", "AGE"),)) == "[DATE 1940]"


def test_ages_count_from_the_latest_year_that_the_note_names() -> None:
    assert written("8/2/1938", others=(("1/1/2029", "DATE"),)) == "[DATE]"
    assert written("8/2/1938", arrival=2028) == "[DATE]"
    assert written("8/2/1938", arrival=None) == "[DATE 1938]"


@given(
    st.integers(1800, 2099), st.integers(1950, 2040), st.sampled_from(["3/14/{}", "March {}", "{}-03-14", "{}", "x{}"])
)
def test_no_written_year_is_more_than_89_years_back(year: int, arrival: int, form: str) -> None:
    text = written(form.format(year), arrival=arrival)
    told = [int(part) for part in text.strip("[]").split()[1:]]
    assert all(year == told_year and arrival - told_year <= 89 for told_year in told)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("94", "90+"), ("101", "90+"), ("90s", "90+"), ("ninety-two", "90+"), ("one hundred", "90+"), ("45", "[AGE]"),
     ("elderly", "[AGE]")],
)  # fmt: skip
def test_ages_over_89_become_one_class_and_no_other_age_does(value: str, expected: str) -> None:
    assert written(value, "AGE") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("02139", "[ZIP 021]"), ("52058-4839", "[ZIP 520]"), ("520584839", "[ZIP 520]"), ("03601", "[ZIP 000]"),
     ("96201", "[ZIP 000]"), ("99999", "[ZIP 999]"), ("00012", "[ZIP]"), ("K1A 0B1", "[ZIP]"), ("2139", "[ZIP]"),
     ("٠٢١٣٩", "[ZIP]")],
)  # fmt: skip
def test_zip_code_keeps_three_digits_where_enough_people_live(value: str, expected: str) -> None:
    assert written(value, "ZIP") == expected


def test_every_prefix_of_the_restricted_table_is_withheld() -> None:
    rows = read_table("zip3_restricted.csv", FOLDER)
    assert {zip3(row["prefix"] + "01") for row in rows} == {"000", ""}
    assert " ".join(row["prefix"] for row in rows if row["census"] == "2000") == RESTRICTED_2000
    assert len({row["prefix"] for row in rows}) == len(rows)


def test_other_types_and_unknown_ones_become_their_tag() -> None:
    assert written("Tamsek", "NAME") == "[NAME]"
    assert written("Tamsek", "SOMETHING_ELSE") == "[SOMETHING_ELSE]"


def test_plain_years_stand_without_brackets() -> None:
    assert SafeHarbor(is_plain=True).write("3/14/2024", "DATE") == "2024"
    assert SafeHarbor(is_plain=True).write("3/14", "DATE") == "[DATE]"
