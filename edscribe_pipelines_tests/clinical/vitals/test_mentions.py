import pytest

from edscribe_pipelines.clinical.vitals.mentions import terse_mentions, vital_mentions


def said(note: str) -> list[tuple[str, float, str]]:
    return [(field, value, note[start:end]) for field, value, start, end in vital_mentions(note)]


def test_mentions_have_field_value_and_place_in_the_order_of_the_note() -> None:
    assert said("BP 142/81, HR 104 and T 37.2 C") == [
        ("sbp_mmhg", 142, "BP 142/81"),
        ("dbp_mmhg", 81, "BP 142/81"),
        ("heart_rate_bpm", 104, "HR 104"),
        ("temperature_degf", 99.0, "T 37.2 C"),
    ]


@pytest.mark.parametrize(
    ("words", "value"),
    [("pain 8/10", 8), ("Pain score: 8 / 10", 8), ("pain is 8 out of 10", 8), ("8/10 pain", 8), ("pain 10/10", 10)],
)
def test_pain_is_of_ten(words: str, value: float) -> None:
    assert [(field, found) for field, found, _ in said(words)] == [("pain_0_10", value)]


@pytest.mark.parametrize(
    "words", ["pain 3 days", "pain 8/10/2020", "pain 4", "target SpO2 94", "HR > 120", "HR 104-110"]
)
def test_what_is_no_measured_value_is_not_mentioned(words: str) -> None:
    assert said(words) == []


def test_short_labels_count_in_a_line_of_vital_signs() -> None:
    note = "VS: T98.4 P104 R18 BP142/81 O2 97%"
    assert {(field, value) for field, value, _, _ in terse_mentions(note)} == {
        ("temperature_degf", 98.4),
        ("heart_rate_bpm", 104),
        ("respiratory_rate_bpm", 18),
        ("spo2_pct", 97),
        ("sbp_mmhg", 142),
        ("dbp_mmhg", 81),
    }


@pytest.mark.parametrize("words", ["R 18 gauge IV", "P 104", "Vitals: T 3 R1/2", "BP 142/81, wt 80 kg, R 20 kg"])
def test_short_labels_mean_nothing_elsewhere(words: str) -> None:
    assert terse_mentions(words) == []
