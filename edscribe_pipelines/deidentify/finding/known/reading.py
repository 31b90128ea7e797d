"""A note as folded words, and what stands around each of them.

Letters and digits are words of their own ("MRN12345" is two), so that a glued number is still one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import regex

from edscribe_pipelines.deidentify.finding.known.word_lists import known_words
from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.tables import word_list

_ASCII_WORD = re.compile(r"[a-z]+|[0-9]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_MARK = regex.compile(r"\p{M}")
_MARKED_WORD = regex.compile(r"(?:[\p{L}\p{Nl}\p{No}]\p{M}*)+|\p{Nd}+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_BESIDE = frozenset((" ", "  ", ". ", ".", ": ", " (", "\t"))
_OPENING_MARKS = " \t\"'“(-*•"


class Reading:
    """The words of one text: `folded`, and where each starts and ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        lowered = _lowered(text)
        spans = [found.span() for found in _pattern_for(text).finditer(lowered)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        words = [lowered[start:end] for start, end in spans]
        self.folded = words if text.isascii() else _fold_all(words)
        self.capitalised = [index for index, start in enumerate(self.starts) if text[start].isupper()]

    def written(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def gap_after(self, index: int) -> str | None:
        """Return what stands between a word and the next, None after the last."""
        if index + 1 == len(self.folded):
            return None
        return self.text[self.ends[index] : self.starts[index + 1]]

    def is_capitalised(self, index: int) -> bool:
        return self.text[self.starts[index]].isupper()

    def is_upper(self, index: int) -> bool:
        return self.written(index).isupper()

    def is_titlecase(self, index: int) -> bool:
        word = self.written(index)
        return word[0].isupper() and not word.isupper()

    def has_case(self, index: int) -> bool:
        word = self.written(index)
        return word.lower() != word.upper()

    def before(self, index: int) -> str:
        """Return the folded word right before, or nothing where more than a blank lies between."""
        return self.folded[index - 1] if index and self.gap_after(index - 1) in _BESIDE else ""

    def after(self, index: int) -> str:
        return self.folded[index + 1] if self.gap_after(index) in _BESIDE else ""

    def opens_sentence(self, index: int) -> bool:
        start = self.starts[index]
        before = self.text[max(0, start - 8) : start].rstrip(_OPENING_MARKS)
        return not before or before[-1] in ".:;!?\n\r"

    def is_titled(self, index: int) -> bool:

        return self.before(index) in _titles()

    def names_somebody(self, index: int) -> bool:
        """Whether a word that is also an ordinary one stands here as a name."""
        before = self.before(index)
        if before in _titles():
            return self.is_capitalised(index) or self.folded[index] not in known_words("verb_after_title")
        if self.is_credentialed(index):
            return True
        if not self.is_titlecase(index):
            return False
        if self.is_possessive(index) or before in _people() or self.after(index) in word_list("verb_of_person"):
            return True
        if self.opens_sentence(index) or self._is_month(index, before):
            return False
        return not (self.gap_after(index) == " " and (self.is_capitalised(index + 1) or self._is_number(index + 1)))

    def is_possessive(self, index: int) -> bool:
        return self.gap_after(index) in ("'", "’") and self.folded[index + 1] == "s"

    def is_clinical(self, first: int, last: int) -> bool:
        """Whether a protected clinical phrase reaches into these words."""
        return protected_phrases(self.text).cover(Span(self.starts[first], self.ends[last], "NAME", ""))

    def is_announced(self, index: int) -> bool:
        """Whether a title, a role or a relative before a word, or a credential after it, says that it is a name."""
        return self.is_titled(index) or self.before(index) in _people() or self.is_credentialed(index)

    def is_credentialed(self, index: int) -> bool:
        """Whether "MD" or "RN" stands after a comma: "hunter, MD"."""
        return self.gap_after(index) in (", ", ",") and self.written(index + 1) in word_list("credential")

    def _is_month(self, index: int, before: str) -> bool:
        return self.folded[index] in known_words("month") and before in known_words("before_month")

    def _is_number(self, index: int) -> bool:
        return self.folded[index].isdigit()


def _pattern_for(text: str) -> Any:
    if text.isascii():
        return _ASCII_WORD
    return _MARKED_WORD if _MARK.search(text) else _WORD


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _fold_all(words: list[str]) -> list[str]:
    return [word if word.isascii() and word.islower() else fold_letters(word) for word in words]


def fold_letters(word: str) -> str:
    """Return `word` without case, accents and the letters that an English keyboard lacks."""
    return word.lower() if word.isascii() else fold(word).translate(_LETTERS)


def split_words(value: str) -> list[str]:
    """Return the folded words of a value, as a note's are."""
    if value.isascii():
        return _ASCII_WORD.findall(value.lower())
    return _fold_all(_pattern_for(value).findall(_lowered(value)))


@cache
def _titles() -> frozenset[str]:
    return frozenset(fold(title) for title in word_list("title"))


@cache
def _people() -> frozenset[str]:
    roles = frozenset(fold(word) for name in ("kin", "role") for word in word_list(name))
    return roles | known_words("before_person")
