"""How often a dose was given: "x3", "three doses", "#2, #3 at 02:06", "at 0200, 0205 and 0210", "repeated twice"."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.medications.amounts import number
from edscribe_pipelines.clinical.medications.dose_grammar import dose_grammar

_BEFORE, _BEHIND = 30, 90
_CLOCK = r"(?:[01]\d|2[0-3]):?[0-5]\d"
_NUMBERED = re.compile(
    rf"[ \t,;(]*#(?P<first>\d)\b(?:(?:[ \t]*(?:at|@)?[ \t]*{_CLOCK})?[ \t]*[,;&]?[ \t]*(?:and[ \t]*)?#\d\b){{1,8}}"
)
_AT_TIMES = re.compile(
    rf"[^.;\n\d]{{0,25}}\b(?:at|@)[ \t]*{_CLOCK}(?:(?:,[ \t]*(?:and[ \t]*)?|[ \t]*(?:and|&)[ \t]*){_CLOCK}){{1,8}}"
)
_REPEATED = re.compile(
    r"[^.;\n\d]{0,25}?(?<!be )(?<!may )(?<!can )(?<!to )(?<!could )\brepeated[ \t]+"
    r"(?:[x×][ \t]?(?P<count>\d)\b|(?P<word>once|twice|thrice))",
    re.I,
)
_WORDS = {"once": 1, "twice": 2, "thrice": 3}


def times_given(text: str, start: int, end: int, dose_start: int, tail: re.Match[str]) -> int:
    """Return how often the dose was given whose drug and amount are text[start:end] and which `tail` follows."""
    said = tail["count"] or tail["word"] or tail["times"]
    if not said:
        grammar = dose_grammar()
        ahead = grammar.doses_ahead.search(text, max(0, start - _BEFORE), start)
        ahead = ahead or grammar.count_between.search(text, start, dose_start)
        said = ahead["count"] if ahead else None
    return max(1, int(number(said))) if said else _times_listed(text, end, tail.end("route"))


def _times_listed(text: str, end: int, route_end: int) -> int:
    begin = max(end, route_end)
    stop = min(len(text), begin + _BEHIND)
    if numbered := _NUMBERED.match(text, begin, stop):
        return numbered[0].count("#")
    if at_times := _AT_TIMES.match(text, begin, stop):
        return len(re.findall(_CLOCK, at_times[0]))
    repeated = _REPEATED.match(text, begin, stop)
    if repeated is None:
        return 1
    return 1 + (int(repeated["count"]) if repeated["count"] else _WORDS[repeated["word"].lower()])
