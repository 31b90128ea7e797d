"""Amounts in letters ("forty milligrams") or in packs ("2 amps"), and those that cannot be read ("?? mg", "5O mg").

A pack, or a unit behind a word, a mark or a letter that looks like a figure, is found by an automaton in one pass; then
what stands before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.medications.names import small_letters
from edscribe_pipelines.clinical.medications.numbers import letters_pattern, number
from edscribe_pipelines.clinical.medications.units import (
    Amount,
    behind_unit,
    misspelt_units,
    pack_names,
    units,
    unreadable,
)
from edscribe_pipelines.tables import table_cache

_FARTHEST = 60
_FIGURE = "0123456789"
_MARKS = re.compile(r"(?<![\w?*.])(?:[?_*]{1,8}|X{2,4})$")
_GARBLED = re.compile(r"(?<![\w.,])(?=[OlI.,]*\d)[\dOlI][\dOlI.,]*(?<=[OlI])$")
_COUNT = re.compile(r"(?<![\w.,/])[xX×]?(?P<count>\d{1,3}(?:\.\d)?)$")
_FIGURES = re.compile(r"(?<![\w.,])\d[\d.,]{0,9}$")


class _Units(NamedTuple):
    """An automaton of units with the character before them, and for each of its strings the word, or None where that is
    misspelt."""

    automaton: AhoCorasick
    words: list[str | None]


def worded_amounts(text: str) -> Iterator[Amount]:
    """Yield the amounts, in no order."""
    found = _units_in_words()
    for index, start, end in found.automaton.find_matches_as_indexes(small_letters(text), overlapping=True):
        if text[end : end + 1].isalnum():
            continue
        if amount := _amount(text, start, end, found.words[index]):
            yield amount


def _amount(text: str, start: int, end: int, word: str | None) -> Amount | None:
    """Return the amount whose unit with the one character before it is text[start:end]."""
    is_apart = text[start] in " -"
    number_end = start if is_apart else start + 1
    first = max(0, start - _FARTHEST)
    before = text[number_end - 1 : number_end]
    if before.isdecimal() and word is not None:
        return _in_packs(text, first, number_end, end, word)
    if word is None or before in ("O", "l", "I"):
        seen = (_FIGURES if word is None else _GARBLED).search(text, first, number_end)
        if seen:
            return unreadable(seen.start(), end)
    if word is None or not is_apart:
        return None
    if before in ("?", "_", "*", "X"):
        marks = _MARKS.search(text, first, number_end)
        return unreadable(marks.start(), end) if marks else None
    return _in_letters(text, number_end, end, word) if before.isalpha() and len(word) > 1 else None


def _in_packs(text: str, first: int, number_end: int, unit_end: int, word: str) -> Amount | None:
    counted = _COUNT.search(text, first, number_end) if units()[word] in pack_names() else None
    value = number(counted["count"]) if counted else None
    if counted is None or not value or behind_unit().no_dose.match(text, unit_end):
        return None
    return Amount(value, None, units()[word], None, counted.start(), unit_end)


def _in_letters(text: str, number_end: int, unit_end: int, word: str) -> Amount | None:
    said = _letters().search(text, max(0, number_end - _FARTHEST), number_end)
    if said is None or behind_unit().no_dose.match(text, unit_end):
        return None
    start = _start_of_number(said)
    value = number(text[start:number_end])
    per, end = behind_unit().per_at(text, unit_end)
    return Amount(value, None, units()[word], per, start, end) if value else None


def _start_of_number(said: re.Match[str]) -> int:
    """Return where the longest number begins that the words end with: of "at ten thirty and thirty" the last."""
    starts = [word.start() for word in re.finditer(r"\b(?!and\b)[a-z]+", said[0], re.I)]
    return said.start() + next((start for start in starts if number(said[0][start:])), starts[-1])


@table_cache
def _letters() -> re.Pattern[str]:
    return re.compile(rf"\b{letters_pattern()}$", re.I)


@table_cache
def _units_in_words() -> _Units:
    packs = [word for word, name in units().items() if name in pack_names()]
    words: dict[str, str | None] = {f"{before}{word}": None for word in misspelt_units() for before in _FIGURE + " -"}
    words |= {f"{before}{word}": word for word in units() for before in "oli -"}
    words |= {f"{before}{word}": word for word in packs for before in _FIGURE}
    return _Units(AhoCorasick(list(words), implementation=Implementation.DFA), list(words.values()))
