import pytest

from edscribe_pipelines.clinical.vitals.checks import check_vitals, vital_limits


def judged(note: str, severity: str) -> list[str]:
    return [note[f["start"] : f["end"]] for f in check_vitals(note) if f["severity"] == severity]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("On arrival SpO2 101% on air.", "SpO2 101%"),
        ("GCS 2 at the scene.", "GCS 2"),
        ("GCS of 16", "GCS of 16"),
        ("Repeat BP 85/130.", "BP 85/130"),
        ("blood pressure of 85 over 130", "blood pressure of 85 over 130"),
        ("BP 120/120", "BP 120/120"),
        ("He had a heart rate of 300.", "heart rate of 300"),
        ("Vitals: HR 320, RR 18", "HR 320"),
        ("HEART RATE: 320", "HEART RATE: 320"),
        ("Heart rate was noted to be 320 bpm", "Heart rate was noted to be 320"),
        ("Temp 45 C", "Temp 45 C"),
        ("Temperature: 60", "Temperature: 60"),
        ("T 20.5 C", "T 20.5 C"),
        ("RR 90", "RR 90"),
        ("BP 350/100", "BP 350/100"),
    ],
)
def test_what_cannot_be_true_is_critical_where_it_stands(note: str, said: str) -> None:
    assert judged(note, "critical") == [said]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("SpO2 88% on air", "SpO2 88%"),
        ("HR 131", "HR 131"),
        ("HR 40", "HR 40"),
        ("BP 80/50", "BP 80/50"),
        ("SBP 225", "SBP 225"),
        ("GCS 8", "GCS 8"),
        ("Temp 39.1 C", "Temp 39.1 C"),
        ("T 94.9 F", "T 94.9 F"),
    ],
)
def test_what_is_alarming_warns(note: str, said: str) -> None:
    assert judged(note, "warning") == [said]
    assert judged(note, "critical") == []


@pytest.mark.parametrize(
    "note",
    [
        "Temp: 37.2 C",
        "T 37.2",
        "T 98.4 F, HR 104, RR 18, SpO2 97%, BP 142/81, pain 8/10",
        "HR 104",
        "heart rate 104/min",
        "pain 8/10",
        "target SpO2 94",
        "target SpO2 88",
        "maintain SpO2 88-92%",
        "return if HR 140",
        "HR > 140",
        "HR at 10:40 was 98",
        "HR controlled with metoprolol 5 mg",
        "morphine 4 mg IV on 10/12/2021",
        "hazard ratio HR 0.8",
        "O2 sat 97% on 4 L",
        "GCS 15/15",
        "GCS 10T",
        "GCS 4-5-6",
        "pulse 2+ bilaterally",
        "pulse ox 99%",
        "T12 compression fracture",
        "BP 0/0, cardiac arrest, compressions started",
    ],
)
def test_no_cry_at_normal_values_targets_doses_and_dates(note: str) -> None:
    assert check_vitals(note) == []


def test_messages_name_the_limit_and_its_source_and_quote_no_note() -> None:
    (finding,) = check_vitals("Zebrawood HR 320")
    assert finding["rule"] == "vital.heart_rate_bpm.impossible"
    assert "299" in finding["message"]
    assert "320" not in finding["message"]
    assert "Zebra" not in finding["message"]
    assert finding["citation"] == vital_limits()["heart_rate_bpm"].citation


def test_findings_come_in_the_order_of_the_note() -> None:
    note = "GCS 2, BP 85/130, HR 320, SpO2 101"
    assert judged(note, "critical") == ["GCS 2", "BP 85/130", "HR 320", "SpO2 101"]


def test_limits_are_ordered() -> None:
    for limit in vital_limits().values():
        low = limit.possible_low if limit.alarming_low is None else limit.alarming_low
        high = limit.possible_high if limit.alarming_high is None else limit.alarming_high
        assert limit.possible_low <= low < high <= limit.possible_high
