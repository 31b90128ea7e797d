"""A measure that a note tells with two values, or with a value and a word that does not fit it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.measures import (
    Limits,
    Measured,
    limits_of_measures,
    measured_in,
)
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import OUR_RULE, TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.vocabulary import places_of

_RESULTS = "Labs & Imaging"
_VARIES = {"glucose", "bicarbonate", "anion gap"}
"""Measured again and again, with another value each time."""
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])[:. h]?[0-5]\d\b")
_REACH = 42
_ROUNDED = 0.05
"""8.1 may be told as 8."""
_ROUNDED_AS = {"pH": 0.005}
_FLAT = 1.5
"""Between two values that are called flat. 20 % is a significant change of troponin (ESC 2020, Collet et al., Eur Heart
J 42:1289); more than twice that, so that what a physician may call flat never warns."""


def numbers_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    for measure in limits_of_measures():
        if len(places_of(note, "measure", measure)) > 1:
            valued = [each for each in measured_in(note, measure) if each.values and _is_compared(note, each)]
            if len(valued) > 1 and measure not in _VARIES:
                yield from _two_values(note, valued)


def _is_compared(note: ParsedNote, told: Measured) -> bool:
    """Whether it is of this stay's results: one in the history comes from elsewhere, one behind a clock is another."""
    section = note.section_at(told.start)
    if section == "History of Present Illness":
        return False
    start = max(note.sentence_at(told.start).start, told.start - _REACH)
    return section != "ED Course & Procedures" or not _CLOCK.search(note.text, start, told.start)


def values_against_words(note: ParsedNote) -> Iterator[TwoWays]:
    for measure, limits in limits_of_measures().items():
        if len(places_of(note, "measure", measure)) > 1:
            mentions = measured_in(note, measure)
            valued = [each for each in mentions if each.values]
            yield from _value_and_word(valued, [each for each in mentions if each.word], limits)


def _two_values(note: ParsedNote, valued: Sequence[Measured]) -> Iterator[TwoWays]:
    """Yield the first mention that begins with a value which the results lack, or the first section with one; what the
    note explains is no difference."""
    sections = {note.section_at(each.start) for each in valued}
    section = _RESULTS if _RESULTS in sections else note.section_at(valued[0].start)
    results = [each for each in valued if note.section_at(each.start) == section]
    if results[0].measure in _ROUNDED_AS and is_explained(note, _place(results[0]), plainly=True):
        return
    known = [value for each in results for value in each.values]
    for mention in valued:
        if (
            note.section_at(mention.start) == section
            or mention.is_bound
            or is_explained(note, _place(mention), plainly=True)
        ):
            continue
        if not results[0].is_bound and not any(_is_same(mention.measure, mention.values[0], value) for value in known):
            yield TwoWays("number", "warning", _place(results[0]), _place(mention), f"Two values of {mention.measure}.")
            return


def _is_same(measure: str, one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDED_AS.get(measure, _ROUNDED) * max(abs(one), abs(other))


def _value_and_word(valued: Sequence[Measured], in_words: Sequence[Measured], limits: Limits) -> Iterator[TwoWays]:
    for word in in_words:
        against = next((each for each in valued if not _fits(word.word, each, limits)), None)
        if against:
            reason = f"The value of {against.measure} is not what is called {word.word}."
            citation = OUR_RULE if word.word == "flat" else limits.citation
            yield TwoWays("number", "warning", _place(against), _place(word), reason, citation)
            return


def _fits(word: str, told: Measured, limits: Limits) -> bool:
    """Whether the value can be called so; one of a series that began elsewhere can be, too."""
    low, high = limits.low, limits.high
    if word in ("flat", "unchanged"):
        return len(told.values) < 2 or max(told.values) <= _FLAT * max(min(told.values), 1)
    if word == "positive":
        return high is None or max(told.values) > high or (told.is_bound and told.values[0] != high)
    if word in ("normal", "negative"):
        return any((low is None or value >= low) and (high is None or value <= high) for value in told.values)
    return True


def _place(told: Measured) -> tuple[int, int]:
    return told.start, told.end
