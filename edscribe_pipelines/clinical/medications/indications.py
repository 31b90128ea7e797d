"""What a note gives as the reason for its drugs: rows of `tables/indications.csv`.

What is only considered, or of the past, may widen a limit and never narrows one: a critical finding on a dose that was
right is worse than a warning too few. A row that depends on age, weight or the absence of another indication holds only
where that is known.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.clinical.records import Encounter
from edscribe_pipelines.tables import read_table, table_cache

_BACKGROUND = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History"}
_NOT_HERE = {"negated", "family", "hypothetical"}
_OVERDOSE = "overdose"
_NOT_CERTAIN = {"uncertain", "historical"}

_DENIED = re.compile(r"[ \t]*(?:[-–:=(][ \t]*)(?:no\b|none\b|neg(?:ative|\.)?\b|den(?:ies|ied)\b|ruled out\b)", re.I)
"""Behind the words: "EtOH withdrawal - no history", "PE: none"."""


_TAKEN = re.compile(
    r"\b(?:ingest\w+|overdos\w+|OD(?:ed|'d)?|took|taken|swallow\w+|levels?|ago|suicid\w+|poison\w+|attempt|blisters?|"
    r"tab(?:let)?s|caps(?:ules)?|pills|empty)\b",
    re.I,
)
_GIVEN = re.compile(r"\b(?:given|gave|order\w*|administered|received|started|loaded|for (?:pain|fever))\b", re.I)


class Indications(NamedTuple):
    """`stated` narrow and widen limits, `considered` only widen them; limits of the `excluded` do not hold."""

    stated: frozenset[str]
    considered: frozenset[str]
    excluded: frozenset[str]


class Patient(NamedTuple):
    """Whom a dose is held to the limits of."""

    indications: Indications
    weight_kg: float | None


def patient_of(note: ParsedNote, facts: Encounter | None) -> Patient:
    """Return the patient of the note, of the age that the facts give."""
    age = facts["age_years"] if facts else None
    weight = note.of(weight_kg)
    return Patient(indications_of(note, note.of(age_years) if age is None else age, weight), weight)


def with_reason_at(note: ParsedNote, place: int, patient: Patient, meant: frozenset[str]) -> Patient:
    """Return the patient with the reasons among `meant` that the sentence at `place` gives, and no other where it
    gives one."""
    if not meant & patient.indications.stated:
        return patient
    sentence = note.sentence_at(place)
    named = meant & _stated_in(note, sentence.start, sentence.end)
    if not named:
        return patient
    stated = named | (patient.indications.stated & conditional_indications())
    return patient._replace(indications=patient.indications._replace(stated=stated, considered=frozenset()))


def is_of_overdose(note: ParsedNote) -> bool:
    """Whether the note states or considers that too much was taken."""
    return any(_OVERDOSE in said for said in note.of(_worded))


def is_of_what_was_taken(note: ParsedNote, start: int, end: int) -> bool:
    """Whether the sentence around note.text[start:end] tells what was taken in an overdose, and nothing given here."""
    sentence = note.sentence_at(start)
    said = note.text[sentence.start : max(sentence.end, end)]
    return is_of_overdose(note) and _TAKEN.search(said) is not None and _GIVEN.search(said) is None


def conditional_indications() -> frozenset[str]:
    """Return those that hold by age, weight or the absence of another, not by their words alone."""
    return frozenset(row["indication"] for row in _conditional())


def indications_of(note: ParsedNote, age: float | None, weight: float | None) -> Indications:
    """Return the indications of a patient of this age in years and weight in kg."""
    stated, considered = note.of(_worded)
    conditional = {row["indication"]: _holds(row, stated, considered, age, weight) for row in _conditional()}
    return Indications(
        stated=(stated - conditional.keys()) | {indication for indication, holds in conditional.items() if holds},
        considered=considered - conditional.keys(),
        excluded=frozenset(indication for indication, holds in conditional.items() if not holds),
    )


def _holds(
    row: dict[str, str],
    stated: frozenset[str],
    considered: frozenset[str],
    age: float | None,
    weight: float | None,
) -> bool:
    if row["unless"]:
        return row["unless"] not in stated | considered
    if row["age_low"]:
        worded = not row["pattern"] or row["indication"] in stated
        return worded and age is not None and age >= float(row["age_low"])
    return weight is not None and weight < float(row["weight_below_kg"])


def _stated_in(note: ParsedNote, start: int, end: int) -> frozenset[str]:
    """Return the indications whose words note.text[start:end] states."""
    matches = (match for match in note.of(_all_worded) if start <= match[1] < end)
    return frozenset(
        indication
        for indication, begin, finish in matches
        if not note.context(begin, finish) & (_NOT_HERE | _NOT_CERTAIN)
    )


def _all_worded(note: ParsedNote) -> list[tuple[str, int, int]]:
    return [
        (indication, *match.span())
        for indication, match in _patterns().matches(note.text)
        if not _DENIED.match(note.text, match.end())
    ]


def _worded(note: ParsedNote) -> tuple[frozenset[str], frozenset[str]]:
    """Return the indications whose words the note states, and those that it only considers."""
    stated: set[str] = set()
    considered: set[str] = set()
    for indication, start, end in note.of(_all_worded):
        if indication in stated or note.section_at(start) in _BACKGROUND:
            continue
        context = note.context(start, end)
        if not context & _NOT_HERE:
            (considered if context & _NOT_CERTAIN else stated).add(indication)
    return frozenset(stated), frozenset(considered - stated)


@table_cache
def _conditional() -> tuple[dict[str, str], ...]:
    rows = read_table("indications.csv")
    return tuple(row for row in rows if row["age_low"] or row["weight_below_kg"] or row["unless"])


@table_cache
def _patterns() -> PatternSet[str]:
    rows = read_table("indications.csv")
    return PatternSet((row["indication"], row["pattern"]) for row in rows if row["pattern"])
