"""When something happened, where a note gives its time: by the clock, or in minutes after arrival.

"14:32", "at 1432", "2:30 pm", "at 41 min", "within 10 minutes of arrival", "door-to-needle 52 min", "T+5". A chart
gives the time before what happened ("14:32 shock") or behind it ("shock at 14:32"); how the sentence begins tells.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.sentences import Sentence


class Moment(NamedTuple):
    """Moments of one scale can be compared: minutes of the day, after arrival, or after a zero that is not told."""

    scale: Literal["clock", "arrival", "zero"]
    minute: int


class Stated(NamedTuple):
    """Moments that text[start:end] gives one after the other: "14:32, 14:36 and 14:40"."""

    moments: tuple[Moment, ...]
    start: int
    end: int


_HALF = r"(?:[ \t]?(?P<half>[ap])\.?m\b\.?)?"
_AMOUNT = r"(?![ \t]?(?:mg|mcg|g|ml|cc|l|units?|u|h|hours?|/|%|bpm|mmhg)\b|[\d/%,]\d?)"
_TIME = re.compile(
    rf"(?<![\d:/.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:]|,\d{{3}}){_HALF}"
    r"|(?:\b(?:at|by|time|arriv(?:al|ed)|door|triaged?|LKW|onset)[ \t:]+|@[ \t]*|\n[ \t*-]*)"
    rf"(?P<military>(?:[01]\d|2[0-3])[0-5]\d)(?!\d){_AMOUNT}"
    r"|\b(?P<military_h>(?:[01]\d|2[0-3])[0-5]\d)[ \t]?(?:h|hrs|hours)\b"
    r"|\b(?P<whole>1[0-2]|[1-9])[ \t]?(?P<whole_half>[ap])\.?m\b"
    r"|\bT[ \t]?\+[ \t]?(?P<zero>\d{1,3})\b"
    r"|\b(?P<since>\d{1,3})[ \t-]*min(?:ute)?s?[ \t]+(?:after|post|from|of|since)[ \t-]+(?:ED[ \t]+)?"
    r"(?:arrival|triage|door|presentation)\b"
    r"|\bdoor[ -]to[ -]\w+(?:[ \t]+time)?[ \t]*(?:of|was|is|:|=)?[ \t]*(?P<door_to>\d{1,3})[ \t]*min"
    r"|\bat[ \t]+(?:minute[ \t]+(?P<at_minute>\d{1,3})|(?P<at>\d{1,3})[ \t]*min(?:ute)?s?\b)(?![ \t-]*interval)",
    re.I,
)
# A class of its own: the search skips everything else several times faster than it tries all the above.
_BEGINS = re.compile(
    r"[\d@\nAaBbDdLlOoTt](?:(?<=[@\n])|(?<=\d)(?<!\d\d)|(?<=[A-Za-z])(?<!\w[A-Za-z])(?=[ \t+TtRrYyIiOoKk\u212aNn]))"
)
"""Where a time can begin: at a figure, "@" or a new line, or at one of "arrival", "at", "by", "door" and the like."""
_AND = re.compile(r"[\s,;/&]*(?:\b(?:and|at|then)\b[\s]*)*[\s(@]*", re.I)
_OPENS = re.compile(r"\W*(?:(?:at|around|by|time|approximately)\b)?\W*", re.I)
_BESIDE = re.compile(r"(?!.*\b(?:then|and)\b)[^,;.]*", re.I)
_BESIDE_REACH = 50
_DAY = 24 * 60
_HALF_DAY = 12 * 60


def minutes_between(first: Moment, second: Moment) -> int | None:
    """Return the minutes from `first` to `second`, negative where it came before; None where that is not told."""
    if first.scale != second.scale:
        return None
    if first.scale != "clock":
        return second.minute - first.minute
    return (second.minute - first.minute + _HALF_DAY) % _DAY - _HALF_DAY


def moments_at(note: ParsedNote, start: int, end: int) -> tuple[Moment, ...]:
    """Return when the event named in text[start:end] happened, once or repeatedly; empty where no time is given."""
    if outright := moments_in(note, start, end):
        return outright
    sentence, stated = note.sentence_at(start), note.of(_stated)
    place = bisect_left(stated, start, key=attrgetter("start"))
    ahead = _inside(sentence, stated[place - 1 : place])
    behind = _inside(sentence, stated[place : place + 1])
    if behind and _is_beside(note.text, end, behind.start):
        return behind.moments
    if ahead and (_leads(note.text, sentence, stated) or _is_beside(note.text, ahead.end, start)):
        return ahead.moments
    return ()


def moments_in(note: ParsedNote, start: int, end: int) -> tuple[Moment, ...]:
    """Return the moments that are named together with the event: "door-to-needle 52 min"."""
    stated = note.of(_stated)
    place = bisect_left(stated, end, key=attrgetter("start"))
    return next((each.moments for each in stated[max(place - 1, 0) : place] if start < each.end), ())


def _inside(sentence: Sentence, stated: list[Stated]) -> Stated | None:
    return next((each for each in stated if sentence.start <= each.start < sentence.end), None)


def _is_beside(text: str, start: int, end: int) -> bool:
    return end - start <= _BESIDE_REACH and bool(_BESIDE.fullmatch(text, start, end))


def _leads(text: str, sentence: Sentence, stated: list[Stated]) -> bool:
    """Whether the sentence begins with its first time."""
    first = stated[bisect_left(stated, sentence.start, key=attrgetter("start"))]
    return bool(_OPENS.fullmatch(text, sentence.start, first.start))


def _stated(note: ParsedNote) -> list[Stated]:
    found: list[Stated] = []
    for match in _times(note.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        if found and _AND.fullmatch(note.text, found[-1].end, start) and "\n" not in note.text[found[-1].end : start]:
            found[-1] = Stated((*found[-1].moments, _moment(match)), found[-1].start, match.end())
        else:
            found.append(Stated((_moment(match),), start, match.end()))
    return found


def _times(text: str) -> Iterator[re.Match[str]]:
    end = 0
    for beginning in _BEGINS.finditer(text):
        if beginning.start() >= end and (match := _TIME.match(text, beginning.start())):
            end = match.end()
            yield match


def _moment(match: re.Match[str]) -> Moment:
    said = match.groupdict()
    if military := said["military"] or said["military_h"]:
        return Moment("clock", int(military[:2]) * 60 + int(military[2:]))
    if hour := said["hour"] or said["whole"]:
        return Moment("clock", _hour(int(hour), said["half"] or said["whole_half"]) * 60 + int(said["minute"] or 0))
    if said["zero"]:
        return Moment("zero", int(said["zero"]))
    return Moment("arrival", int(said["since"] or said["door_to"] or said["at_minute"] or said["at"]))


def _hour(hour: int, half: str | None) -> int:
    return hour if half is None else hour % 12 + (12 if half.casefold() == "p" else 0)
