"""Times that run backwards in the course, and an event at an age that the patient has not reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from edscribe_pipelines.clinical.patterns.spellings import folded
from edscribe_pipelines.clinical.reading.age import age_years
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_STAMP = re.compile(
    r"(?:[-*•][ ]*)?(?:at[ ])?(?P<time>(?P<hour>[01]\d|2[0-3]):?(?P<minute>[0-5]\d))\b(?![ ]?(?:mg|mL|mcg|h\b|[-/]))",
    re.I,
)
_CLOCK = re.compile(r"\d\d:?\d\d")
_OPENS_STAMP = frozenset("0123456789-*•aA")
_COURSE = "ED Course & Procedures"
_HALF_A_DAY = 12 * 60
_FEWEST_STAMPS = 3
_AT_AGE = re.compile(r"\b(?:at|since) (?:the )?age (?:of )?(?P<years>\d{1,3})\b(?![ ]?(?:months?|weeks?|days?))", re.I)


class _Stamp(NamedTuple):
    minute: int
    place: Place


def times_against_each_other(note: ParsedNote) -> Iterator[TwoWays]:
    yield from _backwards(list(_stamps(note)))
    yield from _beyond_age(note)


def _stamps(note: ParsedNote) -> Iterator[_Stamp]:
    """Yield the times that open a sentence of the course."""
    if len(_CLOCK.findall(note.sections.get(_COURSE, ""))) < _FEWEST_STAMPS:
        return
    for sentence in note.sentences:
        stamp = _STAMP.match(note.text, sentence.start) if note.text[sentence.start] in _OPENS_STAMP else None
        if stamp and note.section_at(sentence.start) == _COURSE:
            yield _Stamp(60 * int(stamp["hour"]) + int(stamp["minute"]), stamp.span("time"))


def _backwards(stamps: list[_Stamp]) -> Iterator[TwoWays]:
    """Yield the one time that stands before an earlier one; a list with more of them is in no order, and midnight
    is no step back."""
    steps = [(before, after) for before, after in pairwise(stamps) if 0 < before.minute - after.minute < _HALF_A_DAY]
    if len(stamps) >= _FEWEST_STAMPS and len(steps) == 1:
        before, after = steps[0]
        reason = "A course in the order of time goes back at one place."
        yield TwoWays("time", "warning", before.place, after.place, reason)


def _beyond_age(note: ParsedNote) -> Iterator[TwoWays]:
    may_be_told = "age " in note.text and " age " in folded(note.text)
    events = list(_AT_AGE.finditer(note.text)) if may_be_told else []
    years = note.of(age_years) if events else None
    for event in events:
        place = event.span()
        if years is not None and int(event["years"]) > years and not note.context(*place) & {"family", "planned"}:
            reason = "An event at an age that the patient has not reached."
            yield TwoWays("age", "warning", place, place, reason)
