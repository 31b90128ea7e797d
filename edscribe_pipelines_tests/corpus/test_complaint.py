import polars as pl
import pytest

from edscribe_pipelines.corpus.complaint import OTHER, complaint_categories, complaint_category


@pytest.mark.parametrize(
    ("complaint", "category"),
    [
        ("Chest pain, Dyspnea", "chest pain"),
        ("s/p Fall, SDH", "fall"),
        ("Clogged foley", "urinary complaint"),
        ("SOB", "dyspnea"),
        ("Medication refill", OTHER),
        ("", OTHER),
    ],
)
def test_complaint_has_the_first_category_that_words_it(complaint: str, category: str) -> None:
    assert complaint_category(complaint) == category


def test_categories_of_a_column_are_those_of_its_values_in_order() -> None:
    complaints = pl.Series(["SOB", "Chest pain", "SOB", ""])
    assert complaint_categories(complaints).to_list() == ["dyspnea", "chest pain", "dyspnea", OTHER]
    assert complaint_categories(complaints.clear()).to_list() == []
