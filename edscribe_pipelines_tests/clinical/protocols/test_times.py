import pytest

from edscribe_pipelines.clinical.protocols.times import Moment, minutes_between, moments_at
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote


def _when(note: str, word: str) -> list[tuple[str, int]]:
    place = note.index(word)
    return [tuple(moment) for moment in moments_at(ParsedNote(note), place, place + len(word))]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("note", "moment"),
    [
        ("ECG at 14:32", ("clock", 872)),
        ("ECG at 1432", ("clock", 872)),
        ("ECG at 2:30 pm", ("clock", 870)),
        ("ECG at 2 p.m.", ("clock", 840)),
        ("ECG 1432 hrs", ("clock", 872)),
        ("14:32 ECG", ("clock", 872)),
        ("- 1432 - ECG", ("clock", 872)),
        ("ECG at 41 min", ("arrival", 41)),
        ("At 41 min: ECG", ("arrival", 41)),
        ("ECG within 10 minutes of arrival", ("arrival", 10)),
        ("Door-to-ECG time 8 min", ("arrival", 8)),
        ("T+5 ECG", ("zero", 5)),
    ],
)
def test_a_time_is_read(note: str, moment: tuple[str, int]) -> None:
    assert _when("\n" + note, "ECG") == [moment]


@pytest.mark.parametrize(
    "note",
    [
        "heparin at 1200 units/h",
        "saline at 1000 mL/h",
        "epinephrine 1:1000",
        "epinephrine 1:10,000",
        "plasma 1:1:1",
        "CPR for 12 min",
        "seen in 2019",
        "at 30 min intervals",
    ],
)
def test_an_amount_a_ratio_or_a_duration_is_no_time(note: str) -> None:
    assert _when(note, note.split()[0]) == []


def test_a_time_belongs_to_what_it_follows_or_leads_as_the_sentence_begins() -> None:
    behind = "Blood cultures drawn at 14:10, ceftriaxone given at 14:25"
    assert (_when(behind, "cultures"), _when(behind, "ceftriaxone")) == ([("clock", 850)], [("clock", 865)])
    ahead = "14:10 blood cultures, 14:25 ceftriaxone"
    assert (_when(ahead, "cultures"), _when(ahead, "ceftriaxone")) == ([("clock", 850)], [("clock", 865)])


def test_a_time_behind_another_event_is_not_taken() -> None:
    assert _when("ECG shows STEMI, cath lab activated at 14:20.", "ECG") == []


def test_a_list_of_times_belongs_to_one_event() -> None:
    times = _when("Epinephrine 1 mg IV at 14:03, 14:07 and 14:11.", "Epinephrine")
    assert [minute for _, minute in times] == [843, 847, 851]


def test_minutes_run_over_midnight_and_only_within_a_scale() -> None:
    assert minutes_between(Moment("clock", 1435), Moment("clock", 5)) == 10
    assert minutes_between(Moment("clock", 5), Moment("clock", 1435)) == -10
    assert minutes_between(Moment("clock", 5), Moment("arrival", 10)) is None
