"""Which diagnoses a note is expected to address, and which it does.

Addressed is what the note considers, tests, denies or makes: in the history of today, the examination, the
course, the results, the decision making or the disposition. A former or a relative's illness is not addressed
by its mention, nor is one that the patient is told to return for.
"""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.sentences import sentences_of
from edscribe_pipelines.clinical.reading.who import Who, who
from edscribe_pipelines.clinical.reasoning.complaints import CannotMiss, Complaint, complaints_in
from edscribe_pipelines.clinical.reasoning.findings import DECISION_MAKING, DISPOSITION
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, last_before, places_of, said_in
from edscribe_pipelines.clinical.records import Encounter

_ADDRESSED_IN = {
    "History of Present Illness",
    "Physical Examination",
    "ED Course & Procedures",
    "Labs & Imaging",
    DECISION_MAKING,
    DISPOSITION,
}
_OPENING = 300
"""Characters within which a note without that section tells what the patient came for."""
_NOT_THE_COMPLAINT = re.compile(
    r"\b(?:no|not|never|den(?:y|ies|ied|ying)|without|neg(?:ative)?|history of|hx(?: of)?|h/o|known|PMHx?)\b"
    r"|\bbackground of\b|\bw/\s*(?:HTN|DM|HLD)",
    re.I,
)
_NOT_OF_THE_COMPLAINT = {
    "Review of Systems",
    "Past Medical/Surgical History",
    "Medications",
    "Allergies",
    "Social History",
}
_NOT_OF_TODAY = {"historical", "family"}


def complaints_of(note: ParsedNote, facts: Encounter | None) -> tuple[Complaint, ...]:
    """Return the complaints; the recorded ones go before the note's own, and those before what the note opens with."""
    recorded = facts["chief_complaint"] if facts else None
    if recorded:
        return complaints_in(recorded)
    return complaints_in(note.sections.get("Chief Complaint", "")) or note.of(_opening_complaints)


def _opening_complaints(note: ParsedNote) -> tuple[Complaint, ...]:
    """Return the complaints of the first sentence with one, at the top of the note or of its history."""
    history = note.sections.get("History of Present Illness", "")[:_OPENING]
    starts = [0, note.text.find(history)] if history else [0]
    for start in starts:
        opening = note.text[start : start + _OPENING]
        sentences = (each for each in sentences_of(opening) if _tells_of_today(note, start + each.start))
        told = (_NOT_THE_COMPLAINT.split(opening[each.start : each.end])[0] for each in sentences)
        if found := next(filter(None, map(complaints_in, told)), ()):
            return found
    return ()


def _tells_of_today(note: ParsedNote, place: int) -> bool:
    return note.section_at(place) not in _NOT_OF_THE_COMPLAINT


def expected_diagnoses(
    note: ParsedNote, facts: Encounter | None
) -> tuple[tuple[Complaint, tuple[CannotMiss, ...]], ...]:
    """Return each complaint with those of its diagnoses that are possible in this patient."""
    asked = note.of(_asked_of)
    key = (facts["chief_complaint"], facts["sex"], facts["age_years"]) if facts else None
    if key not in asked:
        asked[key] = tuple(
            (complaint, tuple(each for each in complaint.diagnoses if _is_possible(note, each, facts)))
            for complaint in complaints_of(note, facts)
        )
    return asked[key]


def _asked_of(_: ParsedNote) -> dict[object, tuple[tuple[Complaint, tuple[CannotMiss, ...]], ...]]:
    """Return what is remembered of a note, by the facts that it was asked with: three gates ask."""
    return {}


def _is_possible(note: ParsedNote, diagnosis: CannotMiss, facts: Encounter | None) -> bool:
    return (
        (not diagnosis.sex or sex_of(note, facts) in (diagnosis.sex, None))
        and (diagnosis.ages is None or _is_of_age(age_of(note, facts), diagnosis.ages))
        and (not diagnosis.applies_if or any(_says(note, name) for name in diagnosis.applies_if))
        and not any(_says(note, name) for name in diagnosis.not_if)
    )


def sex_of(note: ParsedNote, facts: Encounter | None) -> str | None:
    """Return "F" or "M" by the facts, else as the note states it."""
    return (facts and facts["sex"]) or note.of(_who).sex


def age_of(note: ParsedNote, facts: Encounter | None) -> int | None:
    """Return the age in whole years by the facts, else as the note states it."""
    recorded = facts["age_years"] if facts else None
    stated = note.of(age_years) if recorded is None else recorded
    return None if stated is None else int(stated)


def _who(note: ParsedNote) -> Who:
    return who(note.text)


def _is_of_age(age: int | None, ages: tuple[int, int]) -> bool:
    return age is None or ages[0] <= age <= ages[1]


def _says(note: ParsedNote, name: str) -> bool:
    return any("negated" not in note.context(*place) for place in places_of(note, "diagnosis", name))


def is_addressed(note: ParsedNote, diagnosis: CannotMiss) -> bool:
    return not diagnosis.names.isdisjoint(note.of(addressed_names))


def addressed_names(note: ParsedNote) -> frozenset[str]:
    """Return the names of diagnoses and tests with which the note addresses something."""
    return frozenset(
        word
        for (kind, word), places in note.of(said_in).items()
        if kind == "diagnosis" and any(_addresses(note, place) for place in places)
    )


def is_weighed(note: ParsedNote, diagnosis: CannotMiss) -> bool:
    """Whether the decision making itself names the diagnosis, not only what was done because of it."""
    return not note.of(weighed_names).isdisjoint(diagnosis.synonyms)


def weighed_names(note: ParsedNote) -> frozenset[str]:
    """Return the names that stand in the decision making, however meant."""
    decided = [(span.start, span.end) for span in note.spans if span.section == DECISION_MAKING]
    return frozenset(
        word
        for word in note.of(addressed_names)
        if any(start <= place[0] < end for place in places_of(note, "diagnosis", word) for start, end in decided)
    )


def _addresses(note: ParsedNote, place: Place) -> bool:
    return (
        note.section_at(place[0]) in _ADDRESSED_IN
        and not note.context(*place) & _NOT_OF_TODAY
        and not _is_to_return_for(note, place)
    )


def _is_to_return_for(note: ParsedNote, place: Place) -> bool:
    told = last_before(note, place, "reasoning", "to return for")
    return told >= 0 and told >= note.sentence_at(place[0]).start
