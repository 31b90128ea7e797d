from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.medications.daily.parts import parts_of_a_day
from edscribe_pipelines.clinical.medications.daily.taken import taken_in_a_day
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def most_of(rx: str, drug: str = "acetaminophen") -> float:
    note = parse_note(note_of(disposition=f"Discharged home in good condition. {rx}."))
    day = [taken for taken in note.of(taken_in_a_day) if taken.drug == drug]
    return sum(taken.most for taken in parts_of_a_day(note, day))


@pytest.mark.parametrize(
    ("rx", "mg"),
    [
        ("Paracetamol 1 g PO QDS and paracetamol 1 g PR QDS", 8000),
        ("Acetaminophen 1 g IV q6h and Tylenol 1 g PO q6h scheduled", 8000),
        ("Paracetamol 1 g QDS regular, Panadeine Forte 2 tabs QDS", 8000),
        ("Paracetamol 1 g PO QDS + Panadeine (paracetamol 500 mg/codeine 8 mg) 2 tabs PO QDS", 8000),
        ("NyQuil 30 mL every 6 hours plus Tylenol 1000 mg every 6 hours", 6600),
        ("Excedrin 2 tabs q6h plus acetaminophen 1 g q6h", 6000),
        ("Tylenol #3 two tabs q6h and Tylenol 1000 mg q6h", 6400),
        ("Take two Percocet 10/325 every 6 hours", 2600),
        ("Theraflu 1 packet every 6 hours", 2600),
        ("Paracetamol 4 x 500 mg QDS", 8000),
    ],
)
def test_other_routes_and_products_add_up(rx: str, mg: float) -> None:
    assert most_of(rx) == pytest.approx(mg, rel=0.01)


@pytest.mark.parametrize(
    "rx",
    [
        "Paracetamol 1 g PO QDS or paracetamol 1 g PR QDS",
        "Acetaminophen 1 g PO q6h, or acetaminophen 650 mg suppository PR q6h if vomiting",
        "IV paracetamol 1 g 6 hourly until tolerating, then oral paracetamol 1 g 6 hourly",
        "Paracetamol 1 g QDS. TTO: paracetamol 1 g QDS",
        "Tylenol 1 g q6h. Instructed to take Tylenol 1 g every 6 hours",
    ],
)
def test_what_replaces_another_or_is_told_again_counts_once(rx: str) -> None:
    assert most_of(rx) == 4000


def test_what_takes_turns_is_taken_half_as_often() -> None:
    assert most_of("Alternate acetaminophen 500 mg and ibuprofen 400 mg every 3 hours", "ibuprofen") == 1600
