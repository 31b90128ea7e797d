"""A text as words, and the form in which two spellings of a word are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

import regex

_WORD: Any = regex.compile(r"[\p{L}\p{M}\d]+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")


class Word(NamedTuple):
    start: int
    end: int
    text: str

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()


def words_of(text: str) -> Iterator[Word]:
    """Yield runs of letters and digits; "O'Neil-Voss's" is four of them."""
    for match in (_ASCII_WORD if text.isascii() else _WORD).finditer(text):
        yield Word(match.start(), match.end(), match[0])


def fold(word: str) -> str:
    """Return `word` without case and accents."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
