"""Hours told since the onset, to a treatment or of an event, that the clock times of the note do not give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.number_words import ONE_TO_TWELVE
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_HOURS = rf"(?P<hours>\d{{1,2}}(?:\.\d)?|{'|'.join(ONE_TO_TWELVE)})[ -]?(?:h|hrs?|hours?)\b"
_MINUTES = r"(?P<minutes>\d{1,3})[ -]?(?:min|mins|minutes?|m)\b"
_DAYS = rf"(?P<days>\d{{1,2}}|{'|'.join(ONE_TO_TWELVE)})[ -]?days?\b"
_SPAN = (
    rf"(?<![\d.<>≤≥/:-])(?:\b{_HOURS}(?:[ ](?:and[ ])?{_MINUTES})?|{_MINUTES.replace('minutes>', 'alone>')}|{_DAYS})"
)
_EVENT = (
    r"(?:(?:the|his|her|symptom|pain|this) )?(?:onset|symptoms?|LKW|LKN|last known|last seen|injury|bite|"
    r"sting|fall|ingestion|overdose|stroke)"
)
_KEYS = Wordings(
    lambda: {
        "before arrival": r"\b(?:ago|back(?! to| at| in| home)|prior to arrival|before arrival|before "
        r"presentation|PTA)\b",
        "after arrival": r"\b(?:after|from) (?:ED )?(?:arrival|presentation)\b",
        "since": rf"\b(?:(?:from|since|after|into|of|post) {_EVENT}\b|since(?=[ ]?[.,;\n]))",
        "ill for": rf"\b(?:N?STEMI|stroke|infarct(?:ion)?|torsion|dissection|fibrillation|palpitations|"
        rf"symptoms) (?:at|for|of|x) (?:about |approximately |only )?{_SPAN}",
        "on arrival": rf"\b(?:seizing|ongoing|symptoms?|status)(?: on arrival)?(?: for)? \(?(?:for "
        rf")?{_SPAN}(?= on arrival|\))",
        "arrival": rf"\bon arrival[ ]\({_SPAN}\)",
        "door": rf"\bdoor[- ]to[- ]\w+(?: time)?(?:[ ]?[:=]|[ ](?:of|was|is|in|about))?[ ]{_SPAN}",
        "event": rf"\b(?:ROSC after|total time|procedure time|total (?:seizure |sedation )?duration|down "
        rf"?time)(?:[ ]?[:=]|[ ](?:of|was|is|after|in|about|for))*[ ]{_SPAN}",
        "in all": r"\b(?:in all|of CPR|of compressions|in total)\b",
    }.items()
)
_BEFORE = re.compile(_SPAN + r"[ ]*$", re.I)
_CLOCK = re.compile(
    r"(?<![\d.,/:-])(?P<hour>[01]\d|2[0-3]|\d(?=:))(?P<colon>[:.h]?)(?P<minute>[0-5]\d)\b(?![ ]?(?:mg|mL|mcg|"
    r"g\b|units|ng|U\b|/|%|kg|ms|cc)|[.,]\d|[/-]\d)"
    r"(?:[ ]?(?P<half>[ap])\.?m\b)?",
    re.I,
)
_STARTED = re.compile(
    r"\b(?:began|begun|started|onset|came on|since|bit|bitten|stung|fell|injur\w+|hit|crash\w*|collapsed|"
    r"ingest\w+|swallowed|drank|"
    r"overdos\w+|seizure|sudden(?:ly)?|woke\w*|LKW|LKN|last known|last seen|felt|developed|at|tackled|"
    r"struck)\b[^.;\n]{0,60}$",
    re.I,
)
_BEGAN = re.compile(r"\b(?:began|started|onset|since|seizure|LKW|last known|last seen)\b", re.I)
_NO_START = re.compile(
    r"\b(?:arriv\w+|EMS|medics?|triage\w*|last (?:ate|dose|meal|drink|took)|ate|found|called|seen by|"
    r"registered|given|took)\b[^.;\n]{0,20}$",
    re.I,
)
_ARRIVED = re.compile(r"\b(?:arriv\w*|triaged?|registered|brought in|BIBA)\b[^.;\n]{0,30}$", re.I)
_OTHER_DAY = re.compile(
    r"\b(?:yesterday|last night|days? ago|previous day|day before|intermittent\w*|on and off|overnight|"
    r"evening|midnight)\b",
    re.I,
)
_NOT_TOLD = re.compile(
    r"\b(?:within|if|return|under|less than|up to|over|more than|at least|until|every|recheck|repeat|will|"
    r"should|window|last|ate|took|"
    r"dose|drink|used|worse\w*|then|observ\w*|monitor\w*|watch\w*|no)\b[^.;\n]{0,40}$",
    re.I,
)
_HISTORY, _COMPLAINT = "History of Present Illness", "Chief Complaint"
_DAY, _HOUR = 1440, 60
_LONGEST = 14 * _HOUR
_BACK = 32
_UNTIL_ARRIVAL = {"before arrival", "on arrival", "arrival"}


class _Clock(NamedTuple):
    minute: int
    place: Place


def hours_since_onset(note: ParsedNote) -> Iterator[TwoWays]:
    told = _KEYS.matches_in(note)
    spans = [(key, *span) for key, match in told if (span := _span(note, match))]
    if not spans:
        return
    clocks = [_clock(match) for match in _CLOCK.finditer(note.text)]
    onset, arrival = _onset(note, clocks), _arrival(note, clocks)
    for key, minutes, place in spans:
        if key in ("event", "in all"):
            against = _no_pair(clocks, minutes, place)
        elif key in ("door", "after arrival"):
            against = _not_from(arrival, clocks, minutes)
        else:
            stamp = _stamp(note, clocks, place[0])
            against = _not_since(onset, arrival, clocks, minutes, key)
            if stamp and onset and key == "since":
                passed = (stamp.minute - onset.minute) % _DAY
                is_off = passed < _LONGEST and abs(passed - minutes) > max(20, 0.2 * minutes)
                against = stamp.place if is_off else None
        if against:
            yield TwoWays("time", "warning", against, place, "The clock times of the note give another span.")
            return


def _span(note: ParsedNote, match: re.Match[str]) -> tuple[float, Place] | None:
    """Return the minutes in or right before the match; none where they are no span of now."""
    sentence = note.sentence_at(match.start())
    told = (
        match
        if any(match.groupdict().values())
        else _BEFORE.search(note.text, max(0, match.start() - _BACK), match.start())
    )
    if not told or _NOT_TOLD.search(note.text, max(sentence.start, told.start() - 40), told.start()):
        return None
    if note.context(told.start(), told.end()) & {"hypothetical", "family", "planned"}:
        return None
    named = {name: value for name, value in told.groupdict().items() if value}
    hours, minutes = _number(named.get("hours")), _number(named.get("minutes") or named.get("alone"))
    if "days" in named and match[0].lower() != "since":
        return None
    span = _DAY * _number(named.get("days")) + _HOUR * hours + minutes
    return (span, (min(told.start(), match.start()), max(told.end(), match.end()))) if span else None


def _number(word: str | None) -> float:
    return float(ONE_TO_TWELVE.get(word.lower(), 0) or word) if word else 0.0


def _clock(match: re.Match[str]) -> _Clock:
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return _Clock(_HOUR * hour + int(match["minute"]), match.span())


def _onset(note: ParsedNote, clocks: list[_Clock]) -> _Clock | None:
    for clock in clocks:
        start = clock.place[0]
        if note.section_at(start) in (_HISTORY, _COMPLAINT):
            sentence = note.sentence_at(start)
            before = max(sentence.start, start - 70)
            other = _NO_START.search(note.text, before, start)
            begun = _STARTED.search(note.text, before, start)
            if begun and (not other or _BEGAN.search(note.text, other.start(), start)):
                around = note.text[sentence.start : max(sentence.end, clock.place[1])]
                return None if _OTHER_DAY.search(around) else clock
    return None


def _arrival(note: ParsedNote, clocks: list[_Clock]) -> _Clock | None:
    return next(
        (each for each in clocks if _ARRIVED.search(note.text, max(0, each.place[0] - 40), each.place[0])), None
    )


def _stamp(note: ParsedNote, clocks: list[_Clock], start: int) -> _Clock | None:
    """Return the clock time at which the span is told."""
    before = max(note.sentence_at(start).start, start - 30)
    return next((each for each in clocks if before <= each.place[0] < start), None)


def _not_since(
    onset: _Clock | None, arrival: _Clock | None, clocks: list[_Clock], minutes: float, key: str
) -> Place | None:
    """Return the onset where the span is shorter than until the arrival, or longer than until the last clock time."""
    if onset is None or arrival is None:
        return None
    until = (arrival.minute - onset.minute) % _DAY
    if until > _LONGEST or not until:
        return None
    slack = max(25, 0.25 * until)
    last = max((each.minute - onset.minute) % _DAY for each in clocks)
    last = until if key in _UNTIL_ARRIVAL else min(last, _LONGEST)
    return None if until - slack <= minutes <= last + slack + (20 if key == "before arrival" else 0) else onset.place


def _not_from(arrival: _Clock | None, clocks: list[_Clock], minutes: float) -> Place | None:
    after = [(each.minute - arrival.minute) % _DAY for each in clocks] if arrival else []
    if not arrival or len(clocks) < 2 or any(abs(each - minutes) <= max(5, 0.15 * minutes) for each in after):
        return None
    return arrival.place


def _no_pair(clocks: list[_Clock], minutes: float, place: Place) -> Place | None:
    """Return a clock time close by where no two of the note lie so far apart."""
    near = [each for each in clocks if abs(each.place[0] - place[0]) < 160]
    if len(near) < 2:
        return None
    slack = max(4, 0.2 * minutes)
    apart = [(later.minute - earlier.minute) % _DAY for earlier in clocks for later in clocks]
    return None if any(abs(each - minutes) <= slack for each in apart) else near[0].place
