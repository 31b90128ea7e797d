"""Whether a report and a denial of one finding may both be right.

They may where the note says so in the words around them (it changed, it is of another time, side or person), where the
patient told what is not found any more, and where the sentence turns from the one to the other.
"""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import Difference, says_why
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_EXAM, _COURSE, _SYSTEMS = "Physical Examination", "ED Course & Procedures", "Review of Systems"
_TOLD = {"Chief Complaint", "History of Present Illness", _SYSTEMS, "Social History"}
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])[:.h]?[0-5]\d\b")
"""Between two statements of one section it begins another time."""
_PART = re.compile(r"[,;|\n]")
_SHORT, _CLOSE_BEHIND, _WINDOW = 26, 24, 110
"""Characters of a part of a sentence that opens the next one ("initially, ..."), and of what follows ("..., resolved")
in which an explanation belongs to a statement, and of the longest part."""
_PERSISTS = re.compile(
    r"\b(?:since|still|ongoing|continu\w+|persist\w+|constant\w*|currently|right now|not stopped)\b", re.I
)
_EXCEPT = re.compile(
    r"\b(?:except|unless|other than|apart from|besides|as (?:noted|stated|above|documented|in|per)|see|per)\b"
    r"[^.;\n]{0,30}\b(?:HPI|above|history|noted|stated)\b",
    re.I,
)
_SIDE = re.compile(r"\b(?P<left>[Ll]eft|LEFT|Lt|L|LUE|LLE)\b|\b(?P<right>[Rr]ight|RIGHT|Rt|R|RUE|RLE)\b")
_OTHERS = re.compile(
    r"\b(?:mother|father|mom|dad|brother|sister|wife|husband|son|daughter|roommate|contacts?|classmates?|bystanders?|"
    r"witness\w*|onlookers?|EMS|friends?|partner|girlfriend|boyfriend|coworkers?|staff|facility|family|aunt|uncle|"
    r"grand\w+|cousin|neighbou?r)\b",
    re.I,
)
_OF_ANOTHER = re.compile(
    r"\b(?:contacts?|classmates?|brother|sister|wife|husband|son|daughter|roommate|friends?|coworkers?|mother|father|kids)"
    r"[ ](?:has|had|have|with|also|who|is|are|was|were)\b|(?<!year )(?<!years )(?<!-)\bold\b|"
    r"\bunchanged\b|\bin (?:19|20)\d\d\b",
    re.I,
)
"""What another person has, or the patient had before."""
_HERE = re.compile(r"\b(?:here|in (?:the )?(?:ED|department)|at triage|since arrival)\b", re.I)


def may_both_be_right(note: ParsedNote, report: Place, denial: Place, *, persists: bool) -> bool:
    """`persists` where a finding that the patient tells of is also seen."""
    here, there = note.section_at(report[0]), note.section_at(denial[0])
    told, part = here in _TOLD, _part(note, report)
    if told and there == _EXAM and not (persists and _PERSISTS.search(note.text, *part)):
        return True
    if {here, there} == {_COURSE, _EXAM} or here == there == _COURSE:
        return True
    return (
        _is_explained(note, report, denial, told=told)
        or _are_apart_in_time(note, report, denial)
        or are_of_two_sides(note, report, denial)
        or is_but_for_the_rest(note, denial)
    )


def is_but_for_the_rest(note: ParsedNote, denial: Place) -> bool:
    """Whether the denial excepts what the note tells elsewhere: "except as in HPI, no cough"."""
    return _EXCEPT.search(note.text, note.sentence_at(denial[0]).start, denial[0]) is not None


def _is_explained(note: ParsedNote, report: Place, denial: Place, *, told: bool) -> bool:
    of_report: tuple[Difference, ...] = ("changed",) if told else ("changed", "later", "statement")
    start, end = _part(note, report)
    behind = min(end + _CLOSE_BEHIND, _end(note, report))
    if says_why(note, start, behind, *of_report) or is_of_another_or_elsewhere(note, report, denial, told=told):
        return True
    start, end = _part(note, denial)
    return (
        says_why(note, start, end, "changed", "later", "statement") or _OTHERS.search(note.text, start, end) is not None
    )


def is_of_another_or_elsewhere(note: ParsedNote, report: Place, denial: Place, *, told: bool) -> bool:
    """Whether another has it or the patient had it before, or what is `told` is denied for here alone."""
    start, end = _part(note, report)
    behind = min(end + _CLOSE_BEHIND, _end(note, report))
    if _OF_ANOTHER.search(note.text, start, behind):
        return True
    return told and _HERE.search(note.text, *_part(note, denial)) is not None


def _are_apart_in_time(note: ParsedNote, report: Place, denial: Place) -> bool:
    first, second = sorted((report, denial))
    here, there = note.section_at(first[0]), note.section_at(second[0])
    if here == there and _CLOCK.search(note.text, first[1], second[0]):
        return True
    same = note.sentence_at(first[0]) == note.sentence_at(second[0])
    return same and says_why(note, first[1], second[0], "contrast")


def are_of_two_sides(note: ParsedNote, report: Place, denial: Place) -> bool:
    """Whether each names a side around it, and not the same."""
    one, other = _sides(note, report), _sides(note, denial)
    return bool(one and other) and one.isdisjoint(other)


def _sides(note: ParsedNote, place: Place) -> set[str]:
    """Return the sides in the part around the place; where it has none, the last one before it in its sentence."""
    around = _named_sides(note, *_part(note, place, with_opening=False))
    return set(around or _named_sides(note, note.sentence_at(place[0]).start, place[0])[-1:])


def _named_sides(note: ParsedNote, start: int, end: int) -> list[str]:
    return [side for found in _SIDE.finditer(note.text, start, end) if (side := found.lastgroup)]


def _part(note: ParsedNote, place: Place, *, with_opening: bool = True) -> Place:
    """Return the part of the sentence around the place, up to a comma, with a short part that opens it."""
    sentence = note.sentence_at(place[0])
    start, end = max(sentence.start, place[0] - _WINDOW), _end(note, place)
    breaks = [found.end() for found in _PART.finditer(note.text, start, place[0])]
    if breaks and not (with_opening and len(breaks) == 1 and breaks[0] - start < _SHORT):
        start = breaks[-1]
    behind = _PART.search(note.text, place[1], end)
    return start, behind.start() if behind else end


def _end(note: ParsedNote, place: Place) -> int:
    return min(max(note.sentence_at(place[0]).end, place[1]), place[1] + _WINDOW)
