from __future__ import annotations

import re

import polars as pl
import pytest

from edscribe_pipelines.corpus.drafting.priority import choose_stays
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.corpus.drafting.invented import stays

ROWS = read_table("complaint_priority.csv", "edscribe_pipelines.corpus.drafting.tables")


def month(*complaints: str | None) -> pl.DataFrame:
    return stays(len(complaints)).with_columns(chief_complaint=pl.Series(complaints, dtype=pl.String))


def chosen(complaints: list[str | None], priority: str, most: int) -> list[str | None]:
    return choose_stays(month(*complaints), priority, most)["chief_complaint"].to_list()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("priority", "first"),
    [
        ("high_volume", {"Chest pain", "Abd pain", "Headache"}),
        ("high_stakes", {"s/p MVC", "Slurred speech", "STEMI", "Urosepsis"}),
        ("both", {"Chest pain", "Abd pain", "Headache", "s/p MVC", "Slurred speech", "STEMI", "Urosepsis"}),
    ],
)
def test_complaints_of_the_plans_question_come_first(priority: str, first: set[str]) -> None:
    complaints = ["Med refill", "Toothache", None, "Chest pain", "s/p MVC", "Abd pain", "Slurred speech", "Headache"]
    assert set(chosen([*complaints, "STEMI", "Urosepsis"], priority, len(first))) == first


def test_others_follow_while_there_is_room() -> None:
    assert chosen(["Med refill", "Chest pain", None], "both", 10) == ["Chest pain", "Med refill", None]


def test_complaints_take_turns() -> None:
    assert sorted(chosen(["Chest pain"] * 8 + ["Headache"] * 2, "both", 4)) == ["Chest pain"] * 2 + ["Headache"] * 2


def test_choice_does_not_depend_on_the_order_of_the_rows() -> None:
    stays_of_month = month(*["Chest pain", "Headache", "Fall", "Refill"] * 20)
    choices = [
        choose_stays(rows, "both", 30)["encounter_id"].to_list()
        for rows in (stays_of_month, stays_of_month.reverse(), stays_of_month.sample(fraction=1, shuffle=True, seed=1))
    ]
    assert choices[0] == choices[1] == choices[2]


def test_more_places_keep_those_that_were_chosen() -> None:
    complaints = ["Chest pain", "Headache", "Fall", "Refill"] * 20
    assert chosen(complaints, "both", 60)[:30] == chosen(complaints, "both", 30)


def test_complaint_is_named_as_in_the_table() -> None:
    named = choose_stays(month("CP", "Something else", None), "both", 3).select("chief_complaint", "complaint")
    assert dict(named.iter_rows()) == {"CP": "chest pain", "Something else": "other", None: "other"}


def test_every_row_has_a_class_a_source_and_a_wording() -> None:
    wording = {row["complaint"] for row in read_table("complaints.csv")}
    for row in ROWS:
        assert row["class"] in ("high_volume", "high_stakes")
        assert row["pattern"] or row["complaint"] in wording
        assert row["source"]
        assert row["year"]
        assert row["status"] in ("verified", "draft")
        re.compile(row["pattern"])
