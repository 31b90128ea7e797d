"""Hours told since an event that the clock times of the note do not give: "22:20 well 4 hours after adrenaline"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.number_words import ONE_TO_TWELVE
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings

_SPAN = (
    rf"(?<![\d.<>≤≥/-])\b(?P<count>\d{{1,3}}(?:\.\d)?|{'|'.join(ONE_TO_TWELVE)})[ -]?"
    r"(?P<unit>h|hrs?|hours?|min|mins|minutes?)\b"
)
_AFTER = re.compile(
    _SPAN + r"[ ](?:after|since|from|post|following)[ ](?:(?:the|his|her|last|first|second|a|initial|that)[ ])*"
    r"(?P<what>[A-Za-z-]{3,})",
    re.I,
)
_OTHER = _SPAN.replace("count>", "other>").replace("unit>", "its>")
_OBSERVED = re.compile(rf"{_SPAN}[ ](?:of[ ])?observ\w+|\bobserved[ ](?:here[ ])?(?:for[ ]|x[ ]?)?{_OTHER}", re.I)
_WATCHED = re.compile(r"\d ?(?:h|hours?|hrs?|min\w*) (?:of )?observ|observed (?:here )?(?:for |x ?)?\w", re.I)
_KEY = Wordings(lambda: (("key", r"(?<=[hHrRsSnN][ ])(?:after|since|from|post|following)[ ](?=[a-zA-Z])"),))
_HOURS_BEFORE = re.compile(r"\d ?h(?:rs?|ours?)?(?: and)? $", re.I)
_CLOCK = re.compile(
    r"(?<![\d.,/:-])(?P<hour>[01]\d|2[0-3]|\d(?=[:]))[:.h]?(?P<minute>[0-5]\d)\b"
    r"(?![ ]?(?:mg|mL|mcg|g|units|ng|U|/|%|kg|[ap]\.?m\b)|[.,]\d|[/-]\d)"
)
_NOT_NOW = re.compile(
    r"\b(?:if|return|until|recheck\w*|repeat|will|plan\w*|due|next|should|at least|minimum|up to|less than|"
    r"more than|over|"
    r"within|under|needs?|every|can|may|about to|need|observe for|then)\b[^.;\n]{0,40}$",
    re.I,
)
_DAY, _HOUR = 24 * 60, 60
_LONGEST = 16 * _HOUR
_REACH, _BEFORE = 45, 40
_WIDEST = 18
_EARLY_LETTERS, _ENDING = 3, 2
_SLACK, _SHARE = 15, 0.2
_FEWEST = 3


def hours_that_did_not_pass(note: ParsedNote) -> Iterator[TwoWays]:
    after = [span for _, key in _KEY.matches_in(note) if (span := _span_at(note.text, key.start() - 1))]
    observed = list(_OBSERVED.finditer(note.text)) if "bserv" in note.text and _WATCHED.search(note.text) else []
    clocks = [(_minute(each), each.start()) for each in _CLOCK.finditer(note.text)] if after or observed else []
    if len(clocks) < _FEWEST:
        return
    for span in after:
        yield from _after(note, span, clocks)
    for span in observed:
        yield from _stayed(note, span, clocks)


def _span_at(text: str, key: int) -> re.Match[str] | None:
    """Return the hours that stand right before text[key]."""
    span = _AFTER.search(text, max(0, key - _WIDEST), min(len(text), key + _REACH))
    return span if span and not _HOURS_BEFORE.search(text, max(0, span.start() - 8), span.start()) else None


def _minute(clock: re.Match[str]) -> int:
    return _HOUR * int(clock["hour"]) + int(clock["minute"])


def _minutes(count: str, unit: str) -> float:
    number = float(ONE_TO_TWELVE.get(count.lower(), 0) or count)
    return number * (1 if unit.lower().startswith("m") else _HOUR)


def _is_now(note: ParsedNote, span: re.Match[str]) -> bool:
    sentence = note.sentence_at(span.start())
    return not note.context(*span.span()) and not _NOT_NOW.search(note.text, sentence.start, span.start())


def _after(note: ParsedNote, span: re.Match[str], clocks: list[tuple[int, int]]) -> Iterator[TwoWays]:
    """Yield a span that lies between no clock time of its event and the time at which it is told, or any other."""
    told = _minutes(span["count"], span["unit"])
    events = _times_of(note, span, clocks)
    if not events or told > _LONGEST or not _is_now(note, span):
        return
    start = max(note.sentence_at(span.start()).start, span.start() - _BEFORE)
    stamped = [minute for minute, place in clocks if start <= place < span.start()]
    slack = max(_SLACK, _SHARE * told)
    times = stamped or [minute for minute, _ in clocks]
    if not any(abs((time - event) % _DAY - told) <= slack for time in times for event, _ in events):
        place = events[0][1], events[0][1] + 4
        yield TwoWays("time", "warning", place, span.span(), "The clock times give other hours since then.")


def _times_of(note: ParsedNote, span: re.Match[str], clocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the clock times that stand close to other mentions of the event, in the same sentence."""
    what = span["what"].lower()
    begun = what[: max(_EARLY_LETTERS, len(what) - _ENDING)]
    found: list[tuple[int, int]] = []
    for mention in re.finditer(rf"\b{re.escape(begun)}", note.text, re.I):
        if span.start() <= mention.start() < span.end():
            continue
        sentence = note.sentence_at(mention.start())
        low, high = max(sentence.start, mention.start() - _REACH), min(sentence.end, mention.end() + _REACH)
        found += [clock for clock in clocks if low <= clock[1] < high]
    return found


def _stayed(note: ParsedNote, span: re.Match[str], clocks: list[tuple[int, int]]) -> Iterator[TwoWays]:
    """Yield an observation that is longer than the time between any two clock times of the note."""
    told = _minutes(span["count"] or span["other"], span["unit"] or span["its"])
    if told > _LONGEST or not _is_now(note, span):
        return
    between = [
        (later - earlier) % _DAY for number, (earlier, _) in enumerate(clocks) for later, _ in clocks[number + 1 :]
    ]
    longest = max((each for each in between if each <= _LONGEST), default=_LONGEST)
    if told > longest + 2 * _SLACK:
        first = clocks[0][1]
        reason = "The clock times of the note leave no time for so long an observation."
        yield TwoWays("time", "warning", (first, first + 4), span.span(), reason)
