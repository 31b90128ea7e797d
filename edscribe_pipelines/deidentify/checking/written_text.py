"""A text in the forms in which known values are looked up: each look-up is a search in C, not a pattern."""

from __future__ import annotations

import re
from functools import cache, cached_property

from edscribe_pipelines.tables import read_table

_WORD = re.compile(r"[^\W_]+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_ASCII_APART = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
_ASCII_BETWEEN = bytes(code for code in range(128) if not chr(code).isalnum())
_BETWEEN = r"[\s.,'/_()#-]{0,2}"
_SHORTEST_SPACED = 6
"""A number of fewer digits counts only without blanks inside: vital signs in a row would spell it."""


@cache
def gate_words(name: str) -> frozenset[str]:
    """Return one list of `tables/gate_words.csv`."""
    rows = read_table("gate_words.csv", "edscribe_pipelines.deidentify.tables")
    return frozenset(row["word"] for row in rows if row["list"] == name)


def words_of(plain: str) -> list[str]:
    if plain.isascii():
        return plain.encode().translate(_ASCII_APART).decode().split()
    return _WORD.findall(plain)


class WrittenText:
    """A text in plain letters, ready to be searched."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._written = words_of(plain)
        self._as_written = f" {' '.join(self._written)} "
        self._words = self._as_written.casefold()

    def has_phrase(self, phrase: str) -> bool:
        return f" {phrase} " in self._words

    def has_capitalised(self, word: str) -> bool:
        return f" {word} " in self._capitalised

    def has_as_written(self, *phrases: str) -> bool:
        return any(f" {phrase} " in self._as_written for phrase in phrases)

    def has_dotted(self, initials: str) -> bool:
        return f"{'.'.join(initials)}." in self._plain

    def has_run(self, letters: str) -> bool:
        """Whether the letters stand as one word, hyphens, apostrophes and blanks inside left out."""
        return letters in self.squeezed and self._confirms(letters, r"[^\W_]")

    def has_number(self, number: str) -> bool:
        if number not in self.squeezed:
            return False
        if len(number) < _SHORTEST_SPACED:
            return re.search(rf"(?<!\d){re.escape(number)}(?![^\W_])", self.folded) is not None
        return self._confirms(number, r"\d" if number.isdigit() else r"[^\W_]")

    def _confirms(self, characters: str, edge: str) -> bool:
        return re.search(rf"(?<!{edge}){_BETWEEN.join(characters)}(?!{edge})", self.folded) is not None

    @cached_property
    def folded(self) -> str:
        return self._plain.casefold()

    @cached_property
    def squeezed(self) -> str:
        """Letters and digits alone: what is not in it is in the text in no spelling."""
        if self.folded.isascii():
            return self.folded.encode().translate(None, _ASCII_BETWEEN).decode()
        return _NOT_ALNUM.sub("", self.folded)

    @cached_property
    def _capitalised(self) -> str:
        return f" {' '.join(word for word in self._written if word[0].isupper())} ".casefold()
