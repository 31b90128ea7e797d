"""Tables of vital signs."""

import pytest

from edscribe_pipelines.clinical.vitals.columns import values_in_columns

TABLE = """VITALS
time  | HR  | BP      | RR | T C  | SpO2
10:04 | 138 | 168/94  | 26 | 37.9 | 93% NRB
10:40 | 104 | 128/76  | 16 | 73.8 | 109% vent
Weight 78 kg"""


def told(text: str) -> list[tuple[str, float]]:
    return [(stated.field, stated.value) for stated in values_in_columns(text)]


def test_each_row_states_the_values_of_its_columns() -> None:
    first = [("heart_rate_bpm", 138), ("sbp_mmhg", 168), ("dbp_mmhg", 94), ("respiratory_rate_bpm", 26)]
    assert told(TABLE)[:6] == [*first, ("temperature_degf", 100.2), ("spo2_pct", 93)]
    assert told(TABLE)[-2:] == [("temperature_degf", 164.8), ("spo2_pct", 109)]


def test_values_are_at_their_places() -> None:
    assert [TABLE[each.start : each.end] for each in values_in_columns(TABLE)][:2] == ["138", "168/94"]


@pytest.mark.parametrize(
    "text",
    [
        "| Time | HR | BP | SpO2 |\n|---|---|---|---|\n| 18:40 | 98 | 112/70 | 99 |",
        "Time   HR   BP       SpO2\n18:40  98   112/70   99",
        "Time\tHR\tBP\tSpO2\n18:40\t98\t112/70\t99",
    ],
)
def test_columns_stand_apart_by_bars_tabs_or_blanks(text: str) -> None:
    assert told(text) == [("heart_rate_bpm", 98), ("sbp_mmhg", 112), ("dbp_mmhg", 70), ("spo2_pct", 99)]


@pytest.mark.parametrize("text", ["BP 120/80 | HR 90 | well", "Drug | Dose | BP\naspirin | 300 | -", ""])
def test_other_lines_are_no_table(text: str) -> None:
    assert told(text) == []
