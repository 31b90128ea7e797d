"""Clean notes with one error of a known class put into each: wrong doses, vital signs, sections, decisions."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote, parse_note
from edscribe_pipelines.clinical.reasoning.addressed import expected_diagnoses, is_addressed
from edscribe_pipelines.clinical.reasoning.complaints import CannotMiss
from edscribe_pipelines.clinical.reasoning.vocabulary import said_in
from edscribe_pipelines.clinical.sections import heading
from edscribe_pipelines_tests.clinical.mutations.notes import clean_notes

_ORDERS = Path(__file__).with_name("orders.csv")
_NOTES_AN_ORDER = 4
_AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>mcg|mg|g|units|mEq)(?=[ /])")
_LARGER_UNIT = {"mcg": "mg", "mg": "g"}
_SMALLER_UNIT = {"g": "mg", "mg": "mcg"}
_VITALS_LINE = re.compile(r"^T .*", re.M)


class Mutant(NamedTuple):
    """`clean` with one error in it; `about` is the drug, the diagnosis or the section that it is about."""

    clean: str
    text: str
    about: str = ""


def _orders() -> list[dict[str, str]]:
    with _ORDERS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_sentence(note: str, sentence: str, section: str = "ED Course & Procedures") -> str:
    """Return the note with a further sentence at the end of a section."""
    end = next(end for name, _, end in section_spans(note) if name == section)
    return f"{note[:end]} {sentence}{note[end:]}"


def _ordered() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every order in some of the notes."""
    notes = clean_notes()
    for number, order in enumerate(_orders()):
        beside = [note for note in notes if not order["not_beside"] or not re.search(order["not_beside"], note)]
        for step in range(_NOTES_AN_ORDER):
            yield beside[(number + 3 * step) % len(beside)], order


def _worse(column: str) -> Iterator[Mutant]:
    for note, order in _ordered():
        if order[column]:
            yield Mutant(with_sentence(note, order["given"]), with_sentence(note, order[column]), order["drug"])


def wrong_route() -> Iterator[Mutant]:
    yield from _worse("wrong_route")


def cumulative_overdose() -> Iterator[Mutant]:
    yield from _worse("too_often")


def weight_based_overdose() -> Iterator[Mutant]:
    yield from _worse("too_heavy")


def _amount_changed(change: Callable[[re.Match[str]], str | None]) -> Iterator[Mutant]:
    for note, order in _ordered():
        amount = _AMOUNT.search(order["given"])
        changed = change(amount) if amount and order["limit"] == "blocks" else None
        if amount and changed:
            given = order["given"][: amount.start()] + changed + order["given"][amount.end() :]
            yield Mutant(with_sentence(note, order["given"]), with_sentence(note, given), order["drug"])


def dose_times_ten() -> Iterator[Mutant]:
    yield from _amount_changed(lambda said: f"{float(said['number']) * 10:g} {said['unit']}")


def larger_unit() -> Iterator[Mutant]:
    """mcg for mg, mg for g"""
    yield from _amount_changed(lambda said: _in_unit(said, _LARGER_UNIT))


def smaller_unit() -> Iterator[Mutant]:
    yield from _amount_changed(lambda said: _in_unit(said, _SMALLER_UNIT))


def _in_unit(said: re.Match[str], units: dict[str, str]) -> str | None:
    return f"{said['number']} {units[said['unit']]}" if said["unit"] in units else None


_IMPOSSIBLE = (
    (r"\bHR \d+", ("HR 400", "HR 1", "heart rate of 350")),
    (r"\bRR \d+", ("RR 160", "RR 99", "respiratory rate 180")),
    (r"\bSpO2 \d+%", ("SpO2 109%", "SpO2 101%", "O2 sat 970%")),
    (r"\bT \d+\.\d F", ("T 984 F", "T 120.4 F", "Temp 53.0 C", "T 37.2 F")),
    (r"\bBP \d+/\d+", ("BP 1420/81", "BP 400/210", "blood pressure 142 over 350")),
    (r"\bGCS \d+", ("GCS 2", "GCS 16", "GCS of 31")),
)
_SWAPPED = (
    (r"\bBP (?P<a>\d+)/(?P<b>\d+)", r"BP \g<b>/\g<a>"),
    (r"\bHR (?P<a>\d+), RR (?P<b>\d+)", r"HR \g<b>, RR \g<a>"),
)


def impossible_vital() -> Iterator[Mutant]:
    for note in clean_notes():
        for said, wrongs in _IMPOSSIBLE:
            for wrong in wrongs if re.search(said, note) else ():
                yield Mutant(note, re.sub(said, wrong, note, count=1))


def swapped_vitals() -> Iterator[Mutant]:
    for note in clean_notes():
        for said, swapped in _SWAPPED:
            for place in re.finditer(said, note):
                yield Mutant(note, note[: place.start()] + place.expand(swapped) + note[place.end() :])


def section_removed() -> Iterator[Mutant]:
    for note in clean_notes():
        for name, start, end in section_spans(note):
            without_heading = note[:start].removesuffix(f"{heading(name)}\n")
            yield Mutant(note, (without_heading + note[end:]).strip(), name)


def section_emptied() -> Iterator[Mutant]:
    for note in clean_notes():
        for place, (name, start, end) in enumerate(section_spans(note)):
            placeholder = ("", "N/A", "***", "See above.", "[ ]", "TBD")[place % 6]
            yield Mutant(note, note[:start] + placeholder + note[end:], name)


_OTHER_ENDS = {
    "Admitted": ("Discharged home in stable condition.", "The patient was discharged home with his family."),
    "Discharged": ("Admitted to the medical floor.", "The patient was admitted to the ICU under critical care."),
}


def disposition_contradiction() -> Iterator[Mutant]:
    for note in clean_notes():
        said = next(word for word in _OTHER_ENDS if f"{heading('Disposition')}\n{word}" in note)
        for other in _OTHER_ENDS[said]:
            for section in ("Disposition", "Medical Decision Making", "ED Course & Procedures"):
                yield Mutant(note, with_sentence(note, other, section))


_CONFLICTS = (
    ("Penicillin (hives).", "Amoxicillin 875 mg PO given."),
    ("Penicillin (anaphylaxis).", "Zosyn 4.5 g IV given."),
    ("PCN - rash", "Received piperacillin-tazobactam 4.5 g IV."),
    ("Sulfa (rash).", "Bactrim DS given."),
    ("Bactrim (hives).", "Sulfamethoxazole-trimethoprim 800 mg PO given."),
    ("Aspirin (bronchospasm).", "Toradol 15 mg IV given."),
    ("NSAIDs (hives).", "Ibuprofen 600 mg PO was administered."),
    ("Naproxen (angioedema).", "Ketorolac 30 mg IM given."),
    ("Morphine (anaphylaxis).", "Morphine 4 mg IV given."),
    ("Ondansetron (rash).", "Zofran 4 mg IV given."),
    ("Levofloxacin (hives).", "Levaquin 750 mg IV started."),
    ("Vancomycin (anaphylaxis).", "Vancomycin 1500 mg IV given."),
)


def allergy_conflict() -> Iterator[Mutant]:
    notes = clean_notes()
    for number, (allergy, given) in enumerate(_CONFLICTS):
        for step in range(_NOTES_AN_ORDER):
            note = notes[(number + 3 * step) % len(notes)]
            start, end = next((start, end) for name, start, end in section_spans(note) if name == "Allergies")
            allergic = note[:start] + allergy + note[end:]
            yield Mutant(allergic, with_sentence(allergic, given), allergy)


def cannot_miss_left_out() -> Iterator[Mutant]:
    """All words that address one diagnosis taken out of the note."""
    for text in clean_notes():
        note = parse_note(text)
        for _, expected in expected_diagnoses(note, None):
            for diagnosis in expected:
                if is_addressed(note, diagnosis):
                    yield Mutant(text, _without(note, diagnosis), diagnosis.diagnosis)


def _without(note: ParsedNote, diagnosis: CannotMiss) -> str:
    said = note.of(said_in)
    places = sorted({place for name in diagnosis.names for place in said.get(("diagnosis", name), ())}, reverse=True)
    text = note.text
    for start, end in places:
        text = f"{text[:start]}it{text[end:]}"
    return text
