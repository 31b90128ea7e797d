"""Whether a note says that a drug was given or prescribed, with a dose in mg or without ("Bactrim DS one tablet BID").

A dose has its status from its own clause. Without one, words of ordering, a heading in the line ("Rx -", "Given:") or
how the drug is taken behind its name decide. What was avoided, is taken at home or was long ago is neither.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Literal

from edscribe_pipelines.clinical.medications.allergy_words import cue
from edscribe_pipelines.clinical.medications.contexts import status_of
from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.medications.names import DrugMention
from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

Ordered = Literal["given", "prescribed"]
Heading = Literal["given", "prescribed", "other", "allergies"]

_COURSE = {None, "ED Course & Procedures", "Labs & Imaging", "Medical Decision Making", "Physical Examination"}
_DISPOSITION = "Disposition"
_NOT_SAID_TO_HAPPEN = {"negated", "family", "hypothetical", "uncertain", "historical"}
_WORDS_TO_VERB = 40
_LIST_LINES = 8
_LONGEST_HEADING = 30
_HAS_CONTENT = re.compile(r"\.[ \t]*$|:[ \t]*[\w\"]")
"""A heading over a list has nothing behind it in its own line."""
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*•·|+]|\d{1,2}[.)])")
_NO_VERB = re.compile(r"[ \t]+(?:allerg|hx\b|history|intoleran|reaction|flag)", re.I)
"""Behind a drug: "given PCN hx" gives none."""


def ordered(note: ParsedNote, mention: DrugMention) -> Ordered | None:
    """Return what the note says of the drug, None where it says neither."""
    dose = _dose_of(note, mention)
    heading = heading_over(note.text, mention.start)
    if dose:
        return _of_dose(note, dose, heading)
    if note.context(mention.start, mention.end) & _NOT_SAID_TO_HAPPEN:
        return None
    return _of_name(note, mention, heading)


def is_dosed(note: ParsedNote, mention: DrugMention) -> bool:
    """Whether the drug has an amount."""
    return _dose_of(note, mention) is not None


def has_sig(text: str, place: int) -> bool:
    """Whether text[place:], behind a drug, says how it is taken."""
    return cue("sig").match(text, place) is not None


def heading_over(text: str, place: int) -> Heading | None:
    """Return what the last heading before text[place] in its line, or over its list, is about."""
    begin = text.rfind("\n", 0, place) + 1
    found = _heading_in(text, begin, place)
    lines = 0
    while found is None and begin and lines < _LIST_LINES:
        is_item = _LIST_ITEM.match(text, begin)
        begin, end, lines = text.rfind("\n", 0, begin - 1) + 1, begin - 1, lines + 1
        is_heading = end - begin < _LONGEST_HEADING and not _HAS_CONTENT.search(text, begin, end)
        if not (is_item or is_heading):
            return None
        said = text[begin:end]
        found = _heading_in(said, 0, len(said)) or _heading_in(f"{said.rstrip()}:", 0, len(said) + 1)
        if not is_item:
            return found
    return found


def _heading_in(text: str, begin: int, end: int) -> Heading | None:
    kinds: tuple[Heading, ...] = ("given", "prescribed", "other")
    found = [
        (match.end(), -match.start(), kind, match[0])
        for kind in kinds
        for match in cue(f"under_{kind}").finditer(text, begin, end)
    ]
    if not found:
        return None
    *_, kind, said = max(found)
    return "allergies" if said.lower().startswith("allerg") else kind


def _dose_of(note: ParsedNote, mention: DrugMention) -> DoseMention | None:
    doses = note.of(dose_mentions)
    place = bisect_left(doses, mention.end, key=lambda dose: dose.end)
    return doses[place] if place < len(doses) and doses[place].start <= mention.start else None


def _of_dose(note: ParsedNote, dose: DoseMention, heading: Heading | None) -> Ordered | None:
    """Return what became of a dose; a heading in its line says it where the section is one of history."""
    section = note.section_at(dose.start)
    said: Ordered | None = {"ed": "given", "discharge": "prescribed"}.get(dose.status)  # type: ignore[assignment]
    if section in _COURSE or section == _DISPOSITION:
        if said is None and dose.status == "home" and not _is_resumed(note.text, dose.start):
            return "prescribed" if heading == "prescribed" or section == _DISPOSITION else None
        return said
    if heading in ("given", "prescribed") and dose.status not in ("withheld", "history"):
        return "given" if heading == "given" else "prescribed"
    if section is not None and heading != "other" and dose.status == "allergy":
        return "given" if cue("given").search(clause_before(note.text, dose.start)) else None
    return None


def _of_name(note: ParsedNote, mention: DrugMention, heading: Heading | None) -> Ordered | None:
    text, section = note.text, note.section_at(mention.start)
    is_order = heading == "prescribed" or (heading == "given" and has_sig(text, mention.end))
    if is_order and not _is_resumed(text, mention.start):
        return "given" if heading == "given" else "prescribed"
    if section not in _COURSE and section != _DISPOSITION:
        return None
    status = status_of(note, mention.start, mention.end, "unstated")
    before, after = clause_before(text, mention.start), clause_after(text, mention.end)
    if status == "ed" and _is_given(before[-_WORDS_TO_VERB:], after[:_WORDS_TO_VERB]):
        return "given"
    if status == "discharge" and cue("prescribed").search(before):
        return "prescribed"
    if has_sig(text, mention.end) and status in ("ed", "discharge", "home") and not _is_resumed(text, mention.start):
        return "prescribed" if section == _DISPOSITION else "given" if status == "ed" else None
    return None


def _is_given(before: str, after: str) -> bool:
    if _NO_VERB.match(after):
        return False
    return bool(cue("given").search(before) or cue("given").search(after))


def _is_resumed(text: str, place: int) -> bool:
    """Whether the words before say that the drug is an old one, or none that is taken."""
    return cue("resumed").search(clause_before(text, place)[-_WORDS_TO_VERB:]) is not None
