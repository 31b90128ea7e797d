"""Which contradictions between a physician's note and the facts of the record leave no other reading.

A note tells of other times, other places and other people, and a record is not complete: of what is told in two
ways, or not of the patient today, a physician decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from edscribe_pipelines.clinical.grounding.content import content_of
from edscribe_pipelines.clinical.grounding.source import Source, subject_of
from edscribe_pipelines.clinical.grounding.statements import Said, Statement
from edscribe_pipelines.clinical.medications.mentions import DoseMention, ed_doses
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

_NEVER_PLAIN = {"number", "disposition"}
_AT_TRIAGE = re.compile(r"\b(?:triage|on arrival|upon arrival|at arrival|arrival vital)", re.I)
_ELSEWHERE = re.compile(
    r"\b(?:EMS|medics?|paramedics?|scene|en route|home|office|clinic|urgent care|outside|baseline|usual\w*|prior|"
    r"previous\w*|last|ago|yesterday|repeat\w*|re-?check\w*|now|after|later|improved|discharge|goal|target)\b",
    re.I,
)
_TOLD_OF_THE_STAY = {None, "Chief Complaint", "History of Present Illness", "Physical Examination"}
_TOLD_OF_THE_COMPLAINT = {None, "Chief Complaint", "History of Present Illness"}


def plain_contradictions(note: ParsedNote, contradicted: Sequence[Statement], source: Source) -> set[Statement]:
    """Return those of the contradictions that block."""
    said = {(each.kind, each.start, each.end): each for each in note.of(content_of).said}
    return {each for each in contradicted if _is_plain(said.get((each.kind, each.start, each.end)), note, source)}


def _is_plain(said: Said | None, note: ParsedNote, source: Source) -> bool:
    if said is None or said.kind in _NEVER_PLAIN or not _is_told_one_way(said, note):
        return False
    if said.kind == "vital":
        return _is_vital_of_triage(said, note)
    if said.kind == "dose":
        return len(_values(said, source)) == 1 and any(_overlap(said, dose) for dose in note.of(ed_doses))
    if said.kind == "laterality" and note.section_at(said.start) not in _TOLD_OF_THE_COMPLAINT:
        return False
    return said.kind == "negation" or not note.context(said.start, said.end)


def _is_told_one_way(said: Said, note: ParsedNote) -> bool:
    if said.kind == "vital":
        return True
    subject = subject_of(said)
    return len({each.value for each in note.of(content_of).said if subject_of(each) == subject}) == 1


def _values(said: Said, source: Source) -> frozenset[str]:
    subject = subject_of(said)
    return source.held[subject] if subject else frozenset()


def _is_vital_of_triage(said: Said, note: ParsedNote) -> bool:
    """Whether the note says when it was measured: what a physician measures later may stand in no record."""
    is_here = note.section_at(said.start) in _TOLD_OF_THE_STAY and not note.context(said.start, said.end)
    clause = _clause(said, note)
    return is_here and bool(_AT_TRIAGE.search(clause)) and not _ELSEWHERE.search(clause)


def _clause(said: Said, note: ParsedNote) -> str:
    sentence = note.sentence_at(said.start)
    return note.text[sentence.start : said.end]


def _overlap(said: Said, dose: DoseMention) -> bool:
    return said.start < dose.end and dose.start < said.end
