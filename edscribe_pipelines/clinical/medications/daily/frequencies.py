"""How often a day a dose is taken: "q4-6h", "every two hours", "TID", "5 doses in 24 hours", "q2h x3".

Words are rows of `tables/dose_frequencies.csv`. An interval in minutes is one of titration and tells no day.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.numbers import number, numerals
from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.tables import read_table, table_cache

_HOURS = 24


class Frequency(NamedTuple):
    """Doses a day, of a range the fewest and the most; text[start:end] says so."""

    least: float
    most: float
    start: int
    end: int


def frequency_in(said: str) -> Frequency | None:
    """Return the first frequency that the words behind a dose give."""
    found = [each for each in (_by_interval(said), _in_words(said)) if each]
    first = min(found, key=lambda each: each.start, default=None)
    return _counted(said, first) if first else None


def _by_interval(said: str) -> Frequency | None:
    match = _intervals().search(said)
    if match is None:
        return None
    low = match["low"] or match["low2"] or match["low3"] or "1"
    high = match["high"] or match["high2"] or low
    hours = sorted(_hours(each) for each in (low, high))
    if not hours[0]:
        return None
    return Frequency(_HOURS / hours[1], _HOURS / hours[0], *match.span())


def _hours(said: str) -> float:
    return {"half": 0.5, "half an": 0.5, "other": 2.0}.get(said.lower(), number_of_doses(said))


def _in_words(said: str) -> Frequency | None:
    found = [(match.start(), -match.end(), float(per_day)) for per_day, match in _words().matches(said)]
    if counted := _times_a_day().search(said):
        times = sorted(
            number_of_doses(each) for each in (counted["times"] or counted["counted"], counted["to"]) if each
        )
        if not found or counted.start() <= min(found)[0]:
            return Frequency(times[0], times[-1], *counted.span())
    if not found:
        return None
    start, negative_end, per_day = min(found)
    return Frequency(per_day, per_day, start, -negative_end)


def _counted(said: str, frequency: Frequency) -> Frequency:
    """Return the frequency, at most the number of doses that it is said to end after: "q2h x3"."""
    match = _doses_in_all().match(said, frequency.end)
    if match is None:
        return frequency
    count = number_of_doses(match["count"] or match["doses"])
    return frequency._replace(least=min(frequency.least, count), most=min(frequency.most, count))


def number_of_doses(said: str) -> float:
    """Return the number in figures or letters, 0 where it is none."""
    return number(said) or 0.0


def numbers_in_letters() -> str:
    """Return the alternatives of `re` for numbers in letters."""
    return "|".join(numerals())


@table_cache
def _intervals() -> re.Pattern[str]:
    figure = rf"\d{{1,2}}(?:\.\d)?|{numbers_in_letters()}"
    to = r"[ \t]?(?:-|–|to|or)[ \t]?(?:q[ \t]?)?"
    unit = r"[ \t-]?(?:h|hrs?|hours?|hourly)\b"
    return re.compile(
        rf"\bq\.?[ \t]?(?P<low>\d{{1,2}}(?:\.\d)?)(?:[ \t]?h?{to}(?P<high>\d{{1,2}}))?{unit}"
        rf"|\b(?:every|each|q)[ \t]+(?:(?P<low2>{figure}|half an|half|other)(?:{to}(?P<high2>{figure}))?)?{unit}"
        rf"|(?<![\d.-])\b(?P<low3>{figure})[ \t-]?(?:hourly|hrly)\b|\b(?:hourly|qh)\b",
        re.I,
    )


@table_cache
def _times_a_day() -> re.Pattern[str]:
    figure = rf"\d{{1,2}}|{numbers_in_letters()}"
    return re.compile(
        rf"(?:(?<![\d./])\b(?P<times>{figure})(?:[ \t]?(?:-|–|to)[ \t]?(?P<to>{figure}))?[ \t]?(?:[x×]|times|doses)"
        rf"|\b[x×][ \t]?(?P<counted>{figure}))[ \t]*"
        r"(?:daily\b|(?:/|(?:an?|per|each|every|in|over|in[ \t]a)[ \t])[ \t]?(?:day\b|d\b|24[ \t-]?h))",
        re.I,
    )


@table_cache
def _doses_in_all() -> re.Pattern[str]:
    figure = rf"\d{{1,2}}|{numbers_in_letters()}"
    return re.compile(
        rf"[ \t,]*(?:for[ \t]+(?:a[ \t]+total[ \t]+of[ \t]+)?(?P<doses>{figure})[ \t]+doses\b"
        rf"|[x×][ \t]?(?P<count>{figure})\b(?![ \t-]?(?:d\b|days?|wks?|weeks?|months?|h\b|hrs?|hours?)))",
        re.I,
    )


@table_cache
def _words() -> PatternSet[str]:
    return PatternSet((row["per_day"], row["pattern"]) for row in read_table("dose_frequencies.csv"))
