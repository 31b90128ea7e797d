"""Weights that their unit makes unlikely."""

import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.vitals.weights import unlikely_weights


def places(said: str, age_years: float | None) -> list[str]:
    note = parse_note(said)
    return [said[each["start"] or 0 : each["end"]] for each in unlikely_weights(note, age_years)]


@pytest.mark.parametrize(
    ("said", "age_years", "unlikely"),
    [
        ("HR 88, weight 84 pounds.", 54, ["84 pounds"]),
        ("Weight: 12.4 lb", 1.8, ["12.4 lb"]),
        ("Weight 27 kg", 1.8, ["27 kg"]),
        ("Weight: 12.4 kg", 1.8, []),
        ("Weight 60 lb", 9, []),
        ("Weight 38 kg", 84, []),
        ("Weight 140 lb", None, []),
        ("Lost 20 lb over a month.", 54, []),
    ],
)
def test_weight_is_held_to_the_age(said: str, age_years: float | None, unlikely: list[str]) -> None:
    assert places(said, age_years) == unlikely
