"""Whatever a note holds, the engine answers, points into the note, cites, and does not quote."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS, Encounter
from edscribe_pipelines_tests.clinical.invented import encounter, note_of, undocumented_note

NAMES = ("Quillhaverstock", "Zebrawoodmere", "MRN-73190482", "quillhaverstock@example.invalid")
"""What no message may repeat."""

NOTES = (
    note_of(),
    undocumented_note(chief="Chest pain"),
    note_of(
        chief="Quillhaverstock, 71 yo F, weakness",
        history="PMH of CHF. At home HR 140, SBP in the 80s. Mother had a stroke. Denies chest pain.",
        medications="Aspirin 650 mg daily; warfarin 5 mg qHS\n- metoprolol 25 mg BID",
        allergies="Penicillin (anaphylaxis), sulfa",
        physical="VS: T98.4 P104 R18 BP 85/130 SpO2 101% RA. GCS 15 (E4 V5 M5). Left leg swollen, wt 80 kg.",
        ed="10:05 morphine 4 mg IV x5, fentanyl 500 mcg IV q5min x3; HR 120 -> 98. Ceftriaxone 1 g IV. tPA held.",
        labs="Troponin 0.04 -> 1.20. Lactate 4.1. ECG: ST elevation in II, III, aVF.",
        medical="STEMI vs dissection; sepsis bundle started, 30 mL/kg. HEART score 7. Discussed with patient.",
        disposition="Admitted to ICU. Discharged home with return precautions if temp > 101.",
    ),
    "CC: syncope\nHPI: 44M MRN-73190482 s/p fall.\nVS 98.6 88 142/81 16 99%\nA/P: r/o PE. D/C home, f/u 2 days.",
)
FACTS: tuple[Encounter | None, ...] = (
    None,
    encounter(),
    encounter(
        note_origin="physician",
        sex="F",
        age_years=71,
        chief_complaint="CHEST PAIN",
        triage={**NO_VITAL_SIGNS, "heart_rate_bpm": 104.0, "sbp_mmhg": 142.0, "dbp_mmhg": 81.0},
        home_medications=[{"name": "aspirin"}, {"name": "\ud800"}],
        dispensed=[{"minute": 12, "name": "Morphine Sulfate"}],
        diagnoses=[{"rank": 1, "code": "I21.3", "system": "icd10", "title": "STEMI"}],
        disposition="ADMITTED",
    ),
)
ODD = (
    "\ud800",
    "\udfff\ud800",
    "\x00",
    "\ufeff",
    "\u202e HR 320 \u202c",
    "نبض 88",
    "İıſK",
    "²³½٣٤",
    "🫀" * 3,
    "a\u0301" * 5,
    "\u2028\u2029\x85\x0b\x0c\r",
    "9" * 400,
    "1e999",
    "-0.0",
    "0/0",
    "HR " + "9" * 30,
    "BP 999999/999999",
    "morphine " + "1" * 25 + " mg IV x" + "9" * 25,
    "epinephrine 1e9 mg",
    "heparin 1,000,000,000 units",
    "x" * 3000,
    "(" * 300,
    "\n" * 50,
    " \t" * 200,
    "GCS E9V9M9",
    "pain 99/10 99/10",
    *NAMES,
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A note of which pieces are lost, said twice or in another place, with odd ones between them."""
    pieces = draw(st.sampled_from(NOTES)).split(draw(st.sampled_from((" ", "\n", ". ", "/", "e"))))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, max(0, len(pieces) - 1)))
        match draw(st.sampled_from(("drop", "repeat", "move", "cut", "odd", "text"))):
            case "drop":
                del pieces[place : place + draw(st.integers(1, 40))]
            case "repeat":
                pieces[place:place] = pieces[place : place + 30] * draw(st.integers(1, 3))
            case "move":
                pieces = pieces[place:] + pieces[:place]
            case "cut":
                pieces[place:] = ["".join(pieces[place:])]
            case "odd":
                pieces.insert(place, draw(st.sampled_from(ODD)))
            case _:
                pieces.insert(place, draw(st.text(st.characters(), max_size=20)))
    return draw(st.sampled_from((" ", "\n", "", "\r\n", "\u00a0"))).join(pieces)


def assert_sound(note: str, facts: Encounter | None) -> None:
    for finding in check_note(note, facts).findings:
        assert finding["rule"]
        assert finding["citation"]
        assert finding["message"]
        assert not [name for name in NAMES if name.casefold() in str(said_by(finding)).casefold()]
        start, end = finding["start"], finding["end"]
        assert (start is None) == (end is None)
        if start is not None and end is not None:
            assert 0 <= start <= end <= len(note)


def said_by(finding: Any) -> tuple[str, ...]:
    return (finding["rule"], finding["message"], finding["citation"], finding["section"] or "")


fuzzed = settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])


@fuzzed
@given(note=mangled(), facts=st.sampled_from(FACTS))
def test_a_mangled_note_is_judged(note: str, facts: Encounter | None) -> None:
    assert_sound(note, facts)


@fuzzed
@given(note=st.text(st.characters(), max_size=400), facts=st.sampled_from(FACTS))
def test_any_text_is_judged(note: str, facts: Encounter | None) -> None:
    assert_sound(note, facts)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_piece_between_any_two_sections_is_judged(odd: str) -> None:
    note = f"\n{odd}\n".join(NOTES[2].split("\n"))
    for facts in FACTS:
        assert_sound(note, facts)


@pytest.mark.parametrize(
    "piece", ["HR 104, ", "Morphine 4 mg IV. ", "no chest pain ", "PLAN:\n", "9", "e", ".", "- \n"]
)
def test_a_note_of_a_hundred_thousand_characters_is_judged(piece: str) -> None:
    assert_sound(piece * (100_000 // len(piece)), None)
