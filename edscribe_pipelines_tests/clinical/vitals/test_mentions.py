import pytest

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.vitals.mentions import mentions_in, vital_mentions

SHORT = {
    "temperature_degf": "T",
    "heart_rate_bpm": "HR",
    "respiratory_rate_bpm": "RR",
    "spo2_pct": "SpO2",
    "sbp_mmhg": "SBP",
    "dbp_mmhg": "DBP",
    "map_mmhg": "MAP",
    "glucose_mgdl": "glucose",
    "gcs_total": "GCS",
    "gcs_intubated": "GCS T",
    "pain_0_10": "pain",
}


def said(text: str) -> list[tuple[str, float]]:
    return [(SHORT[each.field], each.value) for each in mentions_in(text) if each.field in SHORT]


def test_mentions_have_field_value_and_place_in_the_order_of_the_note() -> None:
    text = "BP 142/81, HR 104 and T 37.2 C"
    assert [(field, value, text[start:end]) for field, value, start, end, _ in mentions_in(text)] == [
        ("sbp_mmhg", 142, "BP 142/81"),
        ("dbp_mmhg", 81, "BP 142/81"),
        ("heart_rate_bpm", 104, "HR 104"),
        ("temperature_degf", 99.0, "T 37.2 C"),
    ]


@pytest.mark.parametrize(
    "said_of",
    ["HR {}", "RR {}", "SpO2 {}", "BP {}", "SBP {}", "pain {}", "T {}", "MAP {}", "GCS {}"],
)
@pytest.mark.parametrize("value", ["8", "88", "188", "97%", "120/80", "3/10", "0", "98.6", "1880", "80-90", "205/110"])
@pytest.mark.parametrize("behind", ["", "\n", ", HR 80", ", BP 120/80", ", pain 3/10"])
def test_value_in_a_plain_list_is_read_as_behind_a_colon(said_of: str, value: str, behind: str) -> None:
    """The quick look at plain lists finds what the patterns for all writing find."""
    plain, coloned = said_of.format(value) + behind, said_of.format(f": {value}") + behind
    read = [[(each.field, each.value, each.kind) for each in mentions_in(text)] for text in (plain, coloned)]
    assert read[0] == read[1]


def test_a_note_is_read_once() -> None:
    note = ParsedNote("HR 104")
    assert vital_mentions(note) is vital_mentions(note)
    assert vital_mentions(note) == mentions_in("HR 104")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("heart rate of 300", [("HR", 300)]),
        ("HR: 104 bpm", [("HR", 104)]),
        ("HR104", [("HR", 104)]),
        ("**HR:** 104", [("HR", 104)]),
        ("| HR | 104 |", [("HR", 104)]),
        ("HR at 10:40 was 98", [("HR", 98)]),
        ("pulse 88 and regular", [("HR", 88)]),
        ("HR 88 and 97% on RA", [("HR", 88)]),
        ("tachycardic to the 130s", [("HR", 130)]),
        ("RR 18", [("RR", 18)]),
        ("resps 22", [("RR", 22)]),
        ("SpO2 101%", [("SpO2", 101)]),
        ("sats 88% on RA", [("SpO2", 88)]),
        ("O2 sat 92 % on 2L", [("SpO2", 92)]),
        ("SpO2 on room air 93%", [("SpO2", 93)]),
        ("pulse ox 99%", [("SpO2", 99)]),
        ("BP 85/130", [("SBP", 85), ("DBP", 130)]),
        ("BP was 142 over 81", [("SBP", 142), ("DBP", 81)]),
        ("bp 142/81 mmHg", [("SBP", 142), ("DBP", 81)]),
        ("hypotensive to 80/40", [("SBP", 80), ("DBP", 40)]),
        ("BP 90/palp", [("SBP", 90)]),
        ("SBP 70s", [("SBP", 70)]),
        ("systolic in the 80s", [("SBP", 80)]),
        ("BP in the 80s", [("SBP", 80)]),
        ("MAP 45", [("MAP", 45)]),
        ("MAP of 65", [("MAP", 65)]),
        ("T 37.2 C", [("T", 99.0)]),
        ("Temp: 37.2 C", [("T", 99.0)]),
        ("Temp 37.2", [("T", 99.0)]),
        ("Temp 98.6°F", [("T", 98.6)]),
        ("Temp 98.6 C", [("T", 209.5)]),
        ("Temp 37.2 F", [("T", 37.2)]),
        ("temperature 98.6", [("T", 98.6)]),
        ("Temperature: 98.7 degrees F", [("T", 98.7)]),
        ("febrile to 39.4", [("T", 102.9)]),
        ("Tmax 102.3 F", [("T", 102.3)]),
        ("fever of 101", [("T", 101)]),
        ("GCS 2", [("GCS", 2)]),
        ("GCS 15/15", [("GCS", 15)]),
        ("GCS 15 (E4 V5 M6)", [("GCS", 15)]),
        ("E4V5M6", [("GCS", 15)]),
        ("E1 V2 M4 = 8", [("GCS", 8)]),
        ("GCS 4-5-6", [("GCS", 15)]),
        ("GCS 3T", [("GCS T", 3)]),
        ("FSBG 42", [("glucose", 42)]),
        ("POC glucose: 342 mg/dL", [("glucose", 342)]),
        ("fingerstick glucose 3.1 mmol/L", [("glucose", 56)]),
        ("BGL 7.9, pupils equal", [("glucose", 142)]),
    ],
)
def test_values_are_read_behind_the_labels_of_a_chart(text: str, values: list[tuple[str, float]]) -> None:
    assert said(text) == values


@pytest.mark.parametrize(
    ("text", "values", "kind"),
    [
        ("BP 90/50 -> 110/70", [90, 50, 110, 70], "change"),
        ("HR 120, then 98", [120, 98], "change"),
        ("HR 120, improved to 95 after fluids", [120, 95], "change"),
        ("SpO2 85% on RA, improved to 96%", [85, 96], "change"),
        ("HR 100-110", [100, 110], "range"),
        ("HR 100 to 110", [100, 110], "range"),
        ("SpO2 88-92%", [88, 92], "range"),
        ("SBP 70s", [70], "decade"),
    ],
)
def test_changes_and_both_ends_of_ranges_are_marked_as_such(text: str, values: list[float], kind: str) -> None:
    mentions = mentions_in(text)
    assert [each.value for each in mentions] == values
    assert mentions[-1].kind == kind


@pytest.mark.parametrize(
    ("words", "value"),
    [("pain 8/10", 8), ("Pain score: 8 / 10", 8), ("pain is 8 out of 10", 8), ("8/10 pain", 8), ("pain 10/10", 10)],
)
def test_pain_is_of_ten(words: str, value: float) -> None:
    assert said(words) == [("pain", value)]


@pytest.mark.parametrize(
    "words",
    [
        "pain 3 days",
        "pain 8/10/2020",
        "pain 4",
        "target SpO2 94",
        "keep the SpO2 94",
        "titrate to SpO2 92-96%",
        "goal MAP of 65",
        "MAP goal 65",
        "goal for SBP 140",
        "hold for HR 50",
        "HR > 120",
        "fetal heart rate 150",
        "2 hr 30 min",
        "fever of 3 days",
        "fever of 40 days",
        "chronic 88",
        "T12 fracture",
        "HR controlled with metoprolol 5 mg",
        "pulse 2+ bilaterally",
        "pulse 2-3+ bilaterally",
        "O2 sat on 4 L",
        "morphine 4 mg IV on 10/12/2021",
        "hazard ratio HR 0.8",
    ],
)
def test_what_is_no_measured_value_is_not_mentioned(words: str) -> None:
    assert said(words) == []


@pytest.mark.parametrize(
    "line",
    [
        "VS: T98.4 P104 R18 BP142/81 O2 97%",
        "VS: T 98.4 HR 104 RR 18 BP 142/81 SpO2 97% RA",
        "vitals: t 98.4, p 104, r 18, bp 142/81, sat 97%",
        "Vitals 98.4, 104, 142/81, 18, 97%",
        "VS 98.4 104 18 142/81 97% RA",
        "Triage vital signs: 98.4 F, 142/81, 104, 18, 97% on room air",
    ],
)
def test_a_line_of_vital_signs_needs_no_long_labels(line: str) -> None:
    assert set(said(line)) == {("T", 98.4), ("HR", 104), ("RR", 18), ("SBP", 142), ("DBP", 81), ("SpO2", 97)}


@pytest.mark.parametrize(
    "line", ["Vitals 98.4, 18, 142/81, 104, 97%", "Vitals 104, 142/81, 18, 97%", "Vitals 98.4 104"]
)
def test_numbers_without_labels_are_not_guessed(line: str) -> None:
    assert said(line) == []


@pytest.mark.parametrize("words", ["R 18 gauge IV", "P 104", "Vitals: T 3 R1/2", "VS stable, wt 80 kg, R 20 kg"])
def test_short_labels_mean_nothing_elsewhere(words: str) -> None:
    assert said(words) == []


@pytest.mark.parametrize("text", ["\ud800 HR 104", "İİ HR 104", "HR\x00104 HR 104", "°" * 9 + " HR 104"])
def test_places_hold_in_any_text(text: str) -> None:
    (mention,) = mentions_in(text)
    assert text[mention.start : mention.end] == "HR 104"


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("heart rate of one hundred ten", "heart_rate_bpm", 110),
        ("pulse is eighty-eight", "heart_rate_bpm", 88),
        ("temperature ninety eight point six", "temperature_degf", 98.6),
        ("blood pressure one twenty over eighty", "sbp_mmhg", 120),
        ("HR 1960, BP 108/70", "heart_rate_bpm", 1960),
        ("HR 108108, BP 132/78", "heart_rate_bpm", 108108),
        ("SpO2 9898% RA", "spo2_pct", 9898),
        ("BP 132132/78", "sbp_mmhg", 132132),
        ("HR 5.8, RR 16", "heart_rate_bpm", 5.8),
        ("T 3.64, HR 80", "temperature_degf", 38.6),
        ("BP 120-130/70-80", "sbp_mmhg", 130),
    ],
)
def test_a_number_in_words_or_with_a_slip_of_the_hand_is_read(said: str, field: str, value: float) -> None:
    assert (field, value) in [(mention.field, mention.value) for mention in mentions_in(said)]


@pytest.mark.parametrize(
    "said",
    ["HR at 1530 was stable", "HR 0.72 (95% CI 0.5)", "troponin T 4.1", "pulse one of two", "HR increased 1.5 times"],
)
def test_a_time_a_ratio_or_a_laboratory_value_is_no_vital_sign(said: str) -> None:
    assert mentions_in(said) == ()
