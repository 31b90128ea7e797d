"""How many minutes after arrival something happened, where the note says so."""

from __future__ import annotations

import re
from functools import lru_cache

from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before

_CLOCK = r"(?<![\d:/])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?!\d|:\d)(?:[ \t]?(?P<half>[ap])\.?m\b)?"
_ARRIVAL = re.compile(
    r"(?P<before>[^\n.;]{0,30})\barriv(?:al|ed)(?:[ \t/]*\b(?:date|time|at|to|in|the|ED|and)\b)*[ \t]*[:@(]?[ \t]*"
    rf"(?:[\d/.-]{{6,10}}[ \t,]+|\d{{1,2}}[ -][A-Za-z]{{3,9}}[ -]\d{{4}}[ \t,]+)?{_CLOCK}",
    re.I,
)
_OF_OTHERS = re.compile(
    r"\b(?:EMS|medics?|paramedics?|police|team|family|wife|husband|surgery|consult\w*|crew)\b", re.I
)
_AMONG_VITAL_SIGNS = (
    r"(?:[^A-Za-z\n;]|\b(?:vitals?|signs?|VS|repeat|re-?check(?:ed)?|re-?assess\w*|re-?eval\w*|set|BP|HR|heart|rate|RR|resp\w*|"
    r"T|temp\w*|SpO2|O2|sats?|RA|room|air|NC|BiPAP|on|pulse|P|R|pain|and|now)\b){0,60}"
)
_CLOCK_BEFORE = re.compile(rf"{_CLOCK}{_AMONG_VITAL_SIGNS}$", re.I)
_CLOCK_AFTER = re.compile(rf"{_AMONG_VITAL_SIGNS}(?:\bat[ \t]+|@[ \t]*|\()[ \t]*{_CLOCK}", re.I)
_AFTER_ARRIVAL = re.compile(
    r"\b(?P<number>\d{1,3})[ \t-]*(?P<unit>min(?:ute)?s?|h(?:(?:ou)?rs?)?)\b[ \t]*"
    r"(?:after|post|from|since|into|past)[ \t-]*(?:the[ \t]+)?(?:ED[ \t]+)?"
    r"(?:arrival|triage|presentation|stay|visit)\b",
    re.I,
)
_DAY = 24 * 60


def minutes_after_arrival(note: str, place: int) -> int | None:
    """Return the minute of what the clause around note[place] tells, None where it gives none, or a clock
    time without the note giving that of arrival. A clock time that would be more than half a day after
    arrival is read as one before it, which is none."""
    before, after = clause_before(note, place), clause_after(note, place)
    if said := _AFTER_ARRIVAL.search(before) or _AFTER_ARRIVAL.search(after):
        return int(said["number"]) * (60 if said["unit"].lower().startswith("h") else 1)
    arrival = _arrival(note)
    clock = None if arrival is None else _CLOCK_BEFORE.search(before) or _CLOCK_AFTER.match(after)
    if arrival is None or clock is None:
        return None
    minutes = (_minute_of_day(clock) - arrival) % _DAY
    return minutes if minutes <= _DAY // 2 else None


@lru_cache(maxsize=1)
def _arrival(note: str) -> int | None:
    """Return the minute of the day of arrival; None where the note gives none or several."""
    stated = {_minute_of_day(match) for match in _ARRIVAL.finditer(note) if not _OF_OTHERS.search(match["before"])}
    return stated.pop() if len(stated) == 1 else None


def _minute_of_day(clock: re.Match[str]) -> int:
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower() == "p" else 0)
    return hour * 60 + int(clock["minute"])
