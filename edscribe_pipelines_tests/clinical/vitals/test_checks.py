import pytest

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.clinical.vitals.checks import check_vitals
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines_tests.clinical.invented import note_of


def found(text: str) -> list[Finding]:
    return check_vitals(ParsedNote(text))


def judged(text: str, severity: str) -> list[str]:
    return [text[f["start"] : f["end"]] for f in found(text) if f["severity"] == severity]


def rules(text: str) -> list[tuple[str, str]]:
    return [(f["rule"].removeprefix("vital."), f["severity"]) for f in found(text)]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("On arrival SpO2 101% on air.", "SpO2 101%"),
        ("GCS 2 at the scene.", "GCS 2"),
        ("GCS of 16", "GCS of 16"),
        ("GCS 15T", "GCS 15T"),
        ("E5V5M5", "E5V5M5"),
        ("Repeat BP 85/130.", "BP 85/130"),
        ("blood pressure of 85 over 130", "blood pressure of 85 over 130"),
        ("BP 120/120", "BP 120/120"),
        ("He had a heart rate of 300.", "heart rate of 300"),
        ("Vitals: HR 320, RR 18", "HR 320"),
        ("Vitals: HR 4, RR 18, SpO2 97%. NEWS2 score 3.", "HR 4"),
        ("HEART RATE: 320", "HEART RATE: 320"),
        ("Heart rate was noted to be 320 bpm", "Heart rate was noted to be 320"),
        ("VS: T98.4 P320 R18", "P320"),
        ("Temp 45 C", "Temp 45 C"),
        ("Temp 98.6 C", "Temp 98.6 C"),
        ("Temp 37.2 F", "Temp 37.2 F"),
        ("Temperature: 60", "Temperature: 60"),
        ("T 20.5 C", "T 20.5 C"),
        ("RR 90", "RR 90"),
        ("BP 350/100", "BP 350/100"),
        ("MAP 300", "MAP 300"),
        ("FSBG 4", "FSBG 4"),
        ("HR 104 -> 320", "320"),
    ],
)
def test_what_cannot_be_true_is_critical_where_it_stands(note: str, said: str) -> None:
    assert judged(note, "critical") == [said]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("SpO2 88% on air", "SpO2 88%"),
        ("HR 131", "HR 131"),
        ("HR in the 130s", "HR in the 130s"),
        ("HR 40", "HR 40"),
        ("BP 80/50", "BP 80/50"),
        ("SBP 80s", "SBP 80s"),
        ("SBP 225", "SBP 225"),
        ("MAP 45", "MAP 45"),
        ("GCS 8", "GCS 8"),
        ("Temp 39.1 C", "Temp 39.1 C"),
        ("T 94.9 F", "T 94.9 F"),
        ("POC glucose 42", "POC glucose 42"),
    ],
)
def test_what_is_dangerous_warns(note: str, said: str) -> None:
    assert judged(note, "warning") == [said]
    assert judged(note, "critical") == []


@pytest.mark.parametrize(
    "note",
    [
        "Temp: 37.2 C",
        "T 37.2",
        "T 98.4 F, HR 104, RR 18, SpO2 97%, BP 142/81, pain 8/10",
        "heart rate 104/min",
        "SBP 90s",
        "target SpO2 88",
        "maintain SpO2 88-92%",
        "return if HR 140",
        "HR > 140",
        "O2 sat 97% on 4 L",
        "GCS 15 (E4 V5 M6)",
        "GCS 10T",
        "GCS 11T (E4 VT M6)",
        "fetal heart tones with a heart rate of 150",
        "HR 140 at home yesterday",
        "HPI: Prior BP 230/110 in clinic.",
        "Reports fever to 103",
        "Family: mother's HR 140",
        "BP 0/0, cardiac arrest, compressions started",
        "T 24 C, severe hypothermia",
        "GBS: BUN 6, Hgb 6, SBP 1 (100-109), pulse 1, melena 1, syncope 2 = 17.",
    ],
)
def test_no_cry_at_normal_values_targets_and_what_is_not_of_this_stay(note: str) -> None:
    assert found(note) == []


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("BP 120/80, MAP 60", [("map_outside_pressures", "critical"), ("map_mmhg.alarming", "warning")]),
        ("MAP 140, BP 120/80", [("map_outside_pressures", "critical"), ("map_mmhg.alarming", "warning")]),
        ("BP 160/70 (MAP 105)", []),
        ("BP 160/70, MAP 125", [("map_off_formula", "warning")]),
        ("BP 120/80, MAP 93", []),
        ("BP 120/118", [("pulse_pressure", "warning")]),
        ("GCS 15 (E4 V5 M5)", [("gcs_sum", "critical")]),
        ("E4 V5 M5 = 15", [("gcs_sum", "critical")]),
        ("HR 18, RR 104", [("swapped", "critical")]),
        ("HR 18, RR 60", [("swapped", "warning")]),
        ("SpO2 18%, RR 97", [("swapped", "critical")]),
        ("HR 88, SpO2 97%", []),
        ("HR 97, SpO2 88%", [("spo2_pct.alarming", "warning")]),
        ("HR 140, BP 60/45", [("heart_rate_bpm.alarming", "warning"), ("sbp_mmhg.alarming", "warning")]),
    ],
)
def test_values_of_a_set_are_held_to_each_other(note: str, expected: list[tuple[str, str]]) -> None:
    assert rules(note) == expected


def test_values_of_different_sets_are_not() -> None:
    assert rules("On arrival HR 88, BP 85/50.\n\nLater HR 90, MAP 90.") == [("sbp_mmhg.alarming", "warning")]


@pytest.mark.parametrize(
    "course",
    ["Fluid bolus given.", "BP improved to 110/70.", "Norepinephrine started.", "Hypotension from septic shock."],
)
def test_a_dangerous_value_that_the_course_responds_to_is_information(course: str) -> None:
    note = note_of(physical="BP 80/50", ed=course)
    assert rules(note) == [("sbp_mmhg.alarming", "information")]


@pytest.mark.parametrize("course", ["Morphine 4 mg IV.", "No fluids given, never hypotensive.", "HR improved to 80."])
def test_a_dangerous_value_that_it_passes_over_warns(course: str) -> None:
    note = note_of(physical="BP 80/50", ed=course)
    assert rules(note) == [("sbp_mmhg.alarming", "warning")]


def test_another_danger_is_no_response() -> None:
    note = note_of(physical="SpO2 85%", ed="Fluid bolus given.", medical="Sprain of the ankle.")
    assert rules(note) == [("spo2_pct.alarming", "warning")]


def test_a_patient_goes_home_with_a_dangerous_last_value() -> None:
    note = note_of(physical="HR 135", ed="Tachycardia, fluids.", disposition="Discharged home.")
    assert rules(note) == [("heart_rate_bpm.alarming", "information"), ("discharge_unstable", "warning")]


@pytest.mark.parametrize(
    ("course", "disposition"),
    [("Tachycardia, fluids. HR now 92.", "Discharged home."), ("Tachycardia, fluids.", "Admitted to medicine.")],
)
def test_a_normal_last_value_or_an_admission_is_stable(course: str, disposition: str) -> None:
    note = note_of(physical="HR 135", ed=course, disposition=disposition)
    assert rules(note) == [("heart_rate_bpm.alarming", "information")]


def test_messages_name_the_limit_and_its_source_and_quote_no_note() -> None:
    (finding,) = found("Zebrawood HR 320")
    assert finding["rule"] == "vital.heart_rate_bpm.impossible"
    assert "299" in finding["message"]
    assert "320" not in finding["message"]
    assert "Zebra" not in finding["message"]
    assert finding["citation"] == vital_limits()["heart_rate_bpm"].citation


def test_findings_come_in_the_order_of_the_note() -> None:
    note = "GCS 2, BP 85/130, HR 320, SpO2 101"
    assert judged(note, "critical") == ["GCS 2", "BP 85/130", "HR 320", "SpO2 101"]
