"""Clock times that do not fit the hours that a note tells between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_CLOCK = r"(?P<clock>(?P<hour>[01]?\d(?=:)|[01]\d|2[0-3]):?(?P<minute>[0-5]\d))\b(?![ ]?(?:mg|mL|mcg|units|/|[ap]\.?m))"
_ONSET = (
    rf"\b(?P<what>last known (?:well|normal)|LK[WN]|last seen (?:well|normal)|onset|injury|ingest\w*|"
    rf"swallow\w*|overdose\w*)\b"
    rf"(?P<between>[^.;\n]{{0,90}}?)(?<=[ ~@])(?:at|@|~|about|around|time)?[ :~]?{_CLOCK}"
)
_OF = {"la": "last known well", "lk": "last known well", "on": "last known well", "in": "injury", "sw": "ingestion"}
_ARRIVAL = rf"\b(?:arriv\w+|registered)(?:[ ](?:at|in|by|time|to|the|ED|via|EMS|ambulance|here))*[ :~@]{{1,2}}{_CLOCK}"
_FIRST_SEEN = rf"\b(?:triaged?|seen)(?: at)?[ :(~@]{{1,2}}{_CLOCK}"
_EVENT = (
    rf"\b(?:ECG|EKG|first antibiotics?|antibiotics?|abx|CT|CXR|seen by \w+|aspirin|ASA|labs|"
    rf"cath lab)(?: given| done| at| drawn)*"
    rf"[ :@]{{1,2}}(?:at )?{_CLOCK}"
)
_LEVEL = (
    rf"\b(?:level|APAP|acetaminophen|salicylate|drawn)\b[^.;\n]{{0,25}}?(?:at|@) {_CLOCK}"
    r"[^.;\n\d]{0,3}\(?(?P<hours>\d{1,2}(?:\.\d)?)"
    r"[ -]?(?:h|hrs?|hours?)\b"
)
_WITHIN = r"\bwithin (?:the )?(?P<hours>\d{1,2}(?:\.\d)?)[ -]?(?:h|hrs?|hours?)\b(?P<behind>[^.;\n]{0,30})"
_OF_ONSET = re.compile(r"\b(?:injury|onset|LK[WN]|last known|ingestion|symptom\w*|window)\b", re.I)
_BEFORE_ARRIVAL = re.compile(
    r"\b(?:EMS|prehospital|pre-?arrival|en route|PTA|prior|medics?|paramedics?|outside|clinic|urgent care|"
    r"OSH|home|yesterday|field)\b",
    re.I,
)
_LASTED = r"\blast(?:ed|ing) (?:for )?(?:about |approximately |~|around )?(?P<minutes>\d{1,3}) ?min"
_SCORED = r"\bduration (?P<low>\d{1,2})[-–](?P<high>\d{1,2}) ?min"
_DAY = 24 * 60
_HOUR = 60
_LONGEST_STAY = 3 * _HOUR

_TIMED = Wordings(
    lambda: {
        "onset": _ONSET,
        "arrival": _ARRIVAL,
        "first seen": _FIRST_SEEN,
        "event": _EVENT,
        "level": _LEVEL,
        "within": _WITHIN,
        "lasted": _LASTED,
        "scored": _SCORED,
    }.items()
)
Told = dict[str, list[re.Match[str]]]


class _Time(NamedTuple):
    minute: int
    place: Place


def intervals_that_do_not_fit(note: ParsedNote) -> Iterator[TwoWays]:
    told: Told = {}
    for what, match in sorted(_TIMED.matches_in(note), key=lambda each: each[1].start()):
        told.setdefault(what, []).append(match)
    onsets = [(_OF.get(each["what"][:2].lower(), "ingestion"), _time(each)) for each in told.get("onset", ())]
    arrival = _first("arrival", told) or _first("first seen", told)
    if onsets:
        yield from _levels(told, onsets)
        yield from _onset_twice(note, onsets)
    if onsets and arrival:
        yield from _windows(note, told, onsets[0][1], arrival)
    yield from _before_arrival(note, told)
    yield from _durations(told)


def _time(match: re.Match[str]) -> _Time:
    return _Time(_HOUR * int(match["hour"]) + int(match["minute"]), match.span("clock"))


def _first(what: str, told: Told) -> _Time | None:
    return _time(told[what][0]) if what in told else None


def _levels(told: Told, onsets: list[tuple[str, _Time]]) -> Iterator[TwoWays]:
    """Yield a drug level that was not drawn as many hours after the ingestion as is said."""
    ingestion = next((time for what, time in onsets if what == "ingestion"), None)
    for match in told.get("level", ()):
        after = (_time(match).minute - ingestion.minute) % _DAY if ingestion else 0
        if ingestion and abs(after - _HOUR * float(match["hours"])) > _HOUR:
            reason = "The level is told as of other hours than have passed since the ingestion."
            yield TwoWays("time", "warning", ingestion.place, match.span(), reason)
            return


def _onset_twice(note: ParsedNote, onsets: list[tuple[str, _Time]]) -> Iterator[TwoWays]:
    """Yield an onset of the history that the decision making tells at another time."""
    (what, first), *others = onsets
    for name, other in others:
        is_apart = note.section_at(other.place[0]) != note.section_at(first.place[0])
        if name == what and is_apart and abs(other.minute - first.minute) > _HOUR // 2:
            yield TwoWays("time", "warning", first.place, other.place, f"Two times of one event: {what}.")
            return


def _windows(note: ParsedNote, told: Told, onset: _Time, arrival: _Time) -> Iterator[TwoWays]:
    """Yield a window since the onset that was over before the patient arrived."""
    passed = (arrival.minute - onset.minute) % _DAY
    for match in told.get("within", ()):
        sentence = note.sentence_at(match.start())
        is_of_onset = _OF_ONSET.search(match["behind"]) or _OF_ONSET.search(note.text, sentence.start, match.start())
        if is_of_onset and not note.context(*match.span()) and passed > _HOUR * float(match["hours"]) + _HOUR // 4:
            reason = "Told as within hours after which the patient arrived."
            yield TwoWays("time", "warning", onset.place, match.span(), reason)
            return


def _before_arrival(note: ParsedNote, told: Told) -> Iterator[TwoWays]:
    """Yield the first thing done here that is timed before the arrival."""
    arrival = _first("arrival", told)
    for match in told.get("event", ()):
        early = arrival.minute - _time(match).minute if arrival else 0
        if arrival and 0 < early < _LONGEST_STAY and not _is_elsewhere(note, match.start()):
            yield TwoWays("time", "warning", arrival.place, match.span(), "Timed before the arrival.")
            return


def _is_elsewhere(note: ParsedNote, place: int) -> bool:
    sentence = note.sentence_at(place)
    is_before = _BEFORE_ARRIVAL.search(note.text, sentence.start, sentence.end)
    return bool(is_before) or says_why(note, sentence.start, sentence.end, "changed")


def _durations(told: Told) -> Iterator[TwoWays]:
    """Yield how long it lasted where the score counts another duration."""
    for lasted in told.get("lasted", ())[:1]:
        for scored in told.get("scored", ())[:1]:
            if not int(scored["low"]) <= int(lasted["minutes"]) <= int(scored["high"]):
                reason = "It lasted not as long as the score counts."
                yield TwoWays("time", "warning", lasted.span(), scored.span(), reason)
