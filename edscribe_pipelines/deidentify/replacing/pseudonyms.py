"""Fakes that lead back: for every span of a note one that stands for its value alone.

A value whose fake would be ambiguous, part of a longer word or too common to be found again (a room "7", "5/5")
gets a token, "[ROOM 1]". What was planned is tried: if it does not restore the note, every span gets a token,
and tokens cannot fail: none holds a bracket inside or stands in the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from edscribe_pipelines.deidentify.finding.rules import phi_categories
from edscribe_pipelines.deidentify.finding.spans import Span, tag
from edscribe_pipelines.deidentify.finding.words import words_of
from edscribe_pipelines.deidentify.replacing.date_shift import DateShift
from edscribe_pipelines.deidentify.replacing.dates import read_dates
from edscribe_pipelines.deidentify.replacing.people import NAME_PART
from edscribe_pipelines.deidentify.replacing.restoration import (
    NOT_AFTER,
    NOT_BEFORE,
    Originals,
    Pseudonymized,
    Restoration,
)
from edscribe_pipelines.deidentify.replacing.safe_harbor import is_over_89
from edscribe_pipelines.deidentify.replacing.surrogates import Surrogates, bare

_FREE_BEFORE, _FREE_AFTER = re.compile(NOT_BEFORE), re.compile(NOT_AFTER)
_SHORTEST = 5
"""A number or code with fewer letters and digits could stand in a text for something else."""
_SHORTEST_NAME = 4
_LATEST_DAY_LIKE_A_SCORE = 14
""""5/5" and "10/14" are findings; "5/22" is a date."""
_LOWEST_AGE, _HIGHEST_AGE = 90, 129

Value = tuple[str, str]


def pseudonymize(text: str, spans: Sequence[Span], key: bytes, patient_key: str, this_year: int) -> Pseudonymized:
    """Return `text` with a fake for every span, and the restoration that undoes exactly that."""
    plan = _Plan(text, spans, key, patient_key, this_year)
    plan.take_fakes()
    result = plan.result()
    if result.restoration.restore(result.text) != text:
        plan.take_tokens()
        result = plan.result()
    return result


class _Plan:
    def __init__(self, text: str, spans: Sequence[Span], key: bytes, patient_key: str, this_year: int) -> None:
        self._text, self._spans = text, spans
        self._folded_text = text.casefold()
        self._values = dict.fromkeys(_value_of(span, text) for span in spans)
        words = {word.text for word in words_of(text)}
        self._surrogates = Surrogates(key, patient_key, self._values, words)
        self._shift = DateShift(key, patient_key, this_year)
        self._forget()

    def _forget(self) -> None:
        self._chosen: dict[Value, str] = {}
        self._fakes: dict[str, str] = {}
        self._behind: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._dates: set[date] = set()

    def take_fakes(self) -> None:
        inside_words = {_value_of(span, self._text) for span in self._spans if not _stands_free(span, self._text)}
        for value in self._values:
            fake = "" if value in inside_words else self._fake_of(*value)
            if fake and self._is_unmistakable(*value, fake):
                self._remember(*value, fake)
            else:
                self._chosen[value] = self._token(*value)

    def take_tokens(self) -> None:
        self._forget()
        for value in self._values:
            self._chosen[value] = self._token(*value)

    def result(self) -> Pseudonymized:
        pieces, done = [], 0
        for span in self._spans:
            pieces += [self._text[done : span.start], self._chosen[_value_of(span, self._text)]]
            done = span.end
        originals = Originals(
            self._fakes, self._tokens, frozenset(self._dates), self._shift.days, self._shift.this_year
        )
        return Pseudonymized("".join(pieces) + self._text[done:], Restoration(originals))

    def _fake_of(self, value: str, span_type: str) -> str:
        if span_type == "DATE":
            return "" if _looks_like_a_score(moved := self._shift.moved(value)) else moved
        if span_type == "AGE":
            return self._age() if is_over_89(value) else ""
        fake = self._surrogates.write(value, span_type)
        shortest = _SHORTEST_NAME if span_type == "NAME" else _SHORTEST
        return "" if fake == tag(span_type) or len(bare(fake)) < shortest else fake

    def _age(self) -> str:
        ages = (age for age in range(_LOWEST_AGE, _HIGHEST_AGE) if str(age) not in self._text)
        return next((fake for age in ages if (fake := f"{age}+") not in self._fakes), "")

    def _is_unmistakable(self, value: str, span_type: str, fake: str) -> bool:
        if fake.casefold() in self._folded_text:
            return False
        pairs = _pairs(value, span_type, fake)
        return all(
            self._fakes.get(new, old) == old and self._behind.get(new.casefold(), old.casefold()) == old.casefold()
            for new, old in pairs
        )

    def _remember(self, value: str, span_type: str, fake: str) -> None:
        self._chosen[value, span_type] = fake
        for new, old in _pairs(value, span_type, fake):
            self._fakes[new] = old
            self._behind[new.casefold()] = old.casefold()
        if span_type == "DATE":
            self._dates |= {moved.moment(self._shift.this_year) for moved in read_dates(fake) if moved.is_full}

    def _token(self, value: str, span_type: str) -> str:
        name = span_type if span_type in phi_categories() else "PHI"
        number = len(self._tokens) + 1
        while (token := f"[{name} {number}]") in self._text or token in self._tokens:
            number += 1
        self._tokens[token] = value
        return token


def _value_of(span: Span, text: str) -> Value:
    return text[span.start : span.end], span.type


def _stands_free(span: Span, text: str) -> bool:
    return _FREE_BEFORE.match(text, span.start) is not None and _FREE_AFTER.match(text, span.end) is not None


def _looks_like_a_score(value: str) -> bool:
    return any(
        written.year is None
        and (written.day or 0) <= _LATEST_DAY_LIKE_A_SCORE
        and not any(part == "name" for part, _, _ in written.spots)
        for written in read_dates(value)
    )


def _pairs(value: str, span_type: str, fake: str) -> Iterator[tuple[str, str]]:
    """Yield the fake with its value, and a name's parts that are long enough to be found alone."""
    yield fake, value
    if span_type == "NAME":
        for new, old in zip(NAME_PART.findall(fake), NAME_PART.findall(value), strict=False):
            if len(new) >= _SHORTEST_NAME and new != old:
                yield new, old
