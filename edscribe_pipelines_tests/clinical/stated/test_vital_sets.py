import pytest

from edscribe_pipelines.clinical.stated.vital_sets import vital_sets


def triage(note: str) -> dict[str, float]:
    measured = dict(vital_sets(note).triage or {})
    return {field.split("_")[0]: value for field, value in measured.items() if isinstance(value, float)}


@pytest.mark.parametrize(
    ("note", "vitals"),
    [
        ("PE: HR 104, BP 142/81", {"heart": 104, "sbp": 142, "dbp": 81}),
        ("PE: HR 90\nED Course: initial HR 120", {"heart": 120}),
        ("ED Course: triage HR 120, now HR 90", {"heart": 120}),
        ("ED Course: HR 90", {}),
        ("PE: HR 104. Repeat HR 90", {"heart": 104}),
        ("PE: Repeat HR 90", {}),
        ("HPI: HR 140 on her watch\nPE: RR 18", {"respiratory": 18}),
        ("HPI: EMS found BP 80/40", {}),
        ("HPI: On arrival BP 90/50", {"sbp": 90, "dbp": 50}),
        ("PE: BP 92/54 (baseline 140/80), HR 58", {"sbp": 92, "dbp": 54, "heart": 58}),
        ("PE: BP 180/90 at home", {}),
        ("PE: HR 90s", {}),
        ("PE: HR 400, RR 18", {"respiratory": 18}),
        ("PE: BP 81/142, RR 18", {"respiratory": 18}),
        ("PE: pain 8/10", {}),
        ("Triage: pain 8/10", {"pain": 8}),
        ("PMH: BP 180/90", {}),
        ("Labs: ECG with HR 104", {}),
        ("Dispo: HR 80 at discharge", {}),
    ],
)
def test_first_set_is_of_this_patient_here_and_at_arrival(note: str, vitals: dict[str, float]) -> None:
    assert triage(note) == vitals


def test_set_without_a_time_is_left_out_rather_than_placed() -> None:
    assert vital_sets("PE: HR 104\nED Course: HR 90. Later HR 80").later == []


def test_later_sets_have_the_minute_that_the_note_gives_in_order() -> None:
    note = "Arrival 10:00\nPE: HR 104\nED Course:\n11:30 HR 80, RR 14\n11:00 HR 90"
    later = [
        (vitals["minute"], vitals["heart_rate_bpm"], vitals["respiratory_rate_bpm"])
        for vitals in vital_sets(note).later
    ]
    assert later == [(60, 90, None), (90, 80, 14)]


def test_first_set_soon_after_arrival_is_that_of_triage() -> None:
    sets = vital_sets("Arrival 10:00\nPE: 10:05 HR 104\nED Course: 10:45 HR 90")
    assert sets.triage is not None
    assert (sets.triage["heart_rate_bpm"], [vitals["minute"] for vitals in sets.later]) == (104, [45])
