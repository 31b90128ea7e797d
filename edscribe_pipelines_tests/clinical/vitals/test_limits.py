import pytest

from edscribe_pipelines.clinical.vitals.limits import vital_limits


def test_limits_are_ordered() -> None:
    for limit in vital_limits().values():
        low = limit.possible_low if limit.alarming_low is None else limit.alarming_low
        high = limit.possible_high if limit.alarming_high is None else limit.alarming_high
        assert limit.possible_low <= low < high <= limit.possible_high


@pytest.mark.parametrize(
    ("field", "value", "possible", "alarm"),
    [
        ("heart_rate_bpm", 299, True, "high"),
        ("heart_rate_bpm", 300, False, "high"),
        ("heart_rate_bpm", 40, True, "low"),
        ("heart_rate_bpm", 41, True, None),
        ("spo2_pct", 100, True, None),
        ("spo2_pct", 101, False, None),
        ("temperature_degf", 102.3, True, None),
        ("map_mmhg", 65, True, None),
        ("map_mmhg", 64, True, "low"),
        ("gcs_total", 2, False, "low"),
        ("gcs_eye", 5, False, None),
    ],
)
def test_possible_bounds_are_possible_and_alarming_bounds_alarm(
    field: str, value: float, possible: bool, alarm: str | None
) -> None:
    limit = vital_limits()[field]
    assert limit.is_possible(value) is possible
    assert limit.alarm(value) == alarm


@pytest.mark.parametrize(
    ("field", "value", "text", "explained"),
    [
        ("heart_rate_bpm", 0, "cardiac arrest", True),
        ("heart_rate_bpm", 0, "walked in", False),
        ("temperature_degf", 75.2, "found in the snow, hypothermic", True),
        ("temperature_degf", 40, "found in the snow, hypothermic", False),
        ("temperature_degf", 120, "hypothermic", False),
        ("spo2_pct", 101, "cardiac arrest", False),
    ],
)
def test_extremes_are_possible_where_the_note_says_why(field: str, value: float, text: str, explained: bool) -> None:
    assert vital_limits()[field].is_explained(value, text) is explained
