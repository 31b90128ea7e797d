"""A text as words, and the form in which two spellings of a word are the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

_WORD = regex.compile(r"[\p{L}\p{M}\d]+")


@dataclass(frozen=True)
class Word:
    start: int
    end: int
    text: str

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()


def words_of(text: str) -> Iterator[Word]:
    """Yield runs of letters and digits; "O'Neil-Voss's" is four of them."""
    for match in _WORD.finditer(text):
        yield Word(match.start(), match.end(), match[0])


def fold(word: str) -> str:
    """Return `word` without case and accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
