import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.vitals.weight_for_age import check_weight
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of

ROWS = read_table("weight_limits.csv")


@pytest.mark.parametrize(
    ("age", "weight"),
    [(34, "82 lb"), (2, "12.4 lb"), (1.2, "10.2 lb"), (8, "12 kg"), (40, "390 kg"), (5, "90 kg")],
)
def test_weight_that_nobody_of_the_age_has_warns(age: float, weight: str) -> None:
    (found,) = check_weight(parse_note(note_of(physical=f"Weight {weight}.")), age)
    assert (found["rule"], found["severity"]) == ("vital.weight.for_age", "warning")


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (34, "Weight 82 kg."),
        (2, "Weight 12.4 kg."),
        (81, "Frail. Weight 36 kg."),
        (45, "Obese. Weight 290 kg."),
        (None, "Weight 12 kg."),
        (0.02, "Weight 3.2 kg."),
    ],
)
def test_usual_weight_or_an_explained_one_is_nothing(age: float | None, said: str) -> None:
    assert not check_weight(parse_note(note_of(physical=said)), age)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["from_years"])
def test_beyond_a_row_is_found_and_within_it_is_not(row: dict[str, str]) -> None:
    age, low, high = (float(row[name]) for name in ("from_years", "low_kg", "high_kg"))
    for weight, is_found in ((high + 5, True), (high - 0.5, False), (low + 0.5, False)):
        note = parse_note(note_of(physical=f"Weight {weight:.1f} kg."))
        assert bool(check_weight(note, age)) == is_found
