"""A symptom that is told to last so long in one section and many times as long in another: "9 hours", "nine days"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.number_words import ONE_TO_TWELVE
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_SPAN = (
    rf"(?<![\d.<>≤≥/:-])(?:\b|(?<=[ ]x))(?P<count>\d{{1,2}}(?:\.5)?|{'|'.join(ONE_TO_TWELVE)})[ -]?"
    r"(?P<unit>h|hrs?|hours?|d|days?|wks?|weeks?|months?|/7|/52)\b"
)
_UNITS = Wordings(lambda: (("unit", r"\b(?:hours?|hrs|days?|weeks?|wks|months?)\b"),))
_SHORT_UNITS = re.compile(r"\d(?:[ ]?[hdw]\b|/7|/52|(?:hour|day|week))")
_BEFORE = re.compile(rf"{_SPAN}(?:[ ](?:of|with)|[ ](?:hx|history|h/o)(?: of)?)[ ](?:[\w-]+[ ]){{0,4}}$", re.I)
_BEHIND = re.compile(
    r"(?:[ ](?:began|started|has been present|present|ongoing|on and on))?[ ]?(?:x|for|since|lasting|of|over)?"
    rf"[ ]?(?:about |approximately |almost |over )?(?:the )?(?:past |last )?{_SPAN}(?![ ]*(?:at a time|later|"
    rf"after|apart|before|each))",
    re.I,
)
_OTHERWISE = re.compile(
    r"\b(?:wors\w* (?:over|in|for|x|since|the)|constant\w*|each|every|lasts|last episode|comes|prior|"
    r"previous\w*|chronic\w*|intermittent\w*|again|recur\w*|"
    r"similar|baseline|return|if|until|within|under|less than|more than|up to|at least|for up|resolved|then|"
    r"now|first|last "
    r"(?:year|month|week)|after|months? ago|years? ago|treat\w*|took|rest|off|sudden\w*)\b|[<>≤≥]",
    re.I,
)
_DECIDED = "Medical Decision Making"
_TOLD_IN = ("Chief Complaint", "History of Present Illness", _DECIDED, None)
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 720}
_GENERAL = re.compile(r"\b(?:pain|symptoms|illness)\b", re.I)
_TIMES = 2.5
_BACK, _AROUND = 60, 30


class _Lasted(NamedTuple):
    symptom: str
    hours: float
    section: str | None
    place: Place


def symptoms_lasting_otherwise(note: ParsedNote) -> Iterator[TwoWays]:
    units = [match.start() for _, match in _UNITS.matches_in(note)]
    units += [match.start() for match in _SHORT_UNITS.finditer(note.text)]
    if len([each for each in units if note.section_at(each) in _TOLD_IN]) < 2:
        return
    named = [
        (each.name, (each.start, each.end))
        for each in note.of(terms_in)
        if each.kind == "symptom" and any(-_BACK < each.start - unit < _BACK for unit in units)
    ]
    lasted = [each for name, place in named if (each := _lasted(note, name, place))]
    pair = _differing(lasted) or _general(note, lasted)
    if pair:
        yield TwoWays("time", "warning", *pair, "One symptom is told to last for two times.")


def _lasted(note: ParsedNote, name: str, place: Place) -> _Lasted | None:
    section = note.section_at(place[0])
    if section not in _TOLD_IN:
        return None
    span = _BEHIND.match(note.text, place[1]) or _BEFORE.search(note.text, max(0, place[0] - _BACK), place[0])
    if not span or not note.context(*place) <= {"uncertain"}:
        return None
    start, end = min(span.start("count"), place[0]), max(span.end(), place[1])
    sentence = note.sentence_at(place[0])
    around = note.text[max(sentence.start, start - _AROUND) : min(max(sentence.end, end), end + _AROUND // 2)]
    if _OTHERWISE.search(around):
        return None
    count = ONE_TO_TWELVE.get(span["count"].lower()) or float(span["count"])
    unit = span["unit"].lower()
    return _Lasted(
        name, count * (24 if unit == "/7" else 168 if unit == "/52" else _HOURS[unit[0]]), section, (start, end)
    )


def _differing(lasted: list[_Lasted]) -> tuple[Place, Place] | None:
    for one, other in combinations(lasted, 2):
        if one.symptom == other.symptom and one.section != other.section:
            mine, theirs = (
                [each for each in lasted if each.symptom == one.symptom and each.section == section]
                for section in (one.section, other.section)
            )
            if not any(_is_close(this, that) for this in mine for that in theirs):
                return one.place, other.place
    return None


def _general(note: ParsedNote, lasted: list[_Lasted]) -> tuple[Place, Place] | None:
    """Return a time of "pain" or "symptoms" where the note decides that nothing of the history has."""
    told = [each for match in _GENERAL.finditer(note.text) if (each := _lasted(note, "", match.span()))]
    known = [each for each in (*lasted, *told) if each.section != _DECIDED]
    for general in told:
        if general.section == _DECIDED and known and not any(_is_close(general, each) for each in known):
            return known[0].place, general.place
    return None


def _is_close(one: _Lasted, other: _Lasted) -> bool:
    return max(one.hours, other.hours) < _TIMES * min(one.hours, other.hours)
