"""Patterns by what they stand for, searched in a text together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

from edscribe_pipelines.clinical.patterns.prefilter import Prefilter

Key = TypeVar("Key")


class PatternSet(Generic[Key]):
    """Patterns of `re`, all compiled with `flags`; keys may repeat. The cost on a text grows with what it holds,
    hardly with the number of patterns. "^" is the start of the text, not of a line."""

    def __init__(self, patterns: Iterable[tuple[Key, str]], flags: re.RegexFlag = re.I) -> None:
        listed = list(patterns)
        self._keys = [key for key, _ in listed]
        self._compiled = [re.compile(pattern, flags) for _, pattern in listed]
        self._prefilter = Prefilter([pattern for _, pattern in listed], {})

    def matches(self, text: str) -> list[tuple[Key, re.Match[str]]]:
        """Return every match with its key, a pattern's matches in the order of the text. Matches of one pattern may
        overlap where it can only begin with known strings."""
        found: list[tuple[Key, re.Match[str]]] = []
        for number, places in self._prefilter.candidates(text):
            pattern, key = self._compiled[number], self._keys[number]
            if places is None:
                found += [(key, match) for match in pattern.finditer(text)]
            else:
                found += [(key, match) for place in places if (match := pattern.match(text, place))]
        return found

    def keys_in(self, text: str) -> set[Key]:
        """Return the keys that have a match in `text`."""
        found: set[Key] = set()
        for number, places in self._prefilter.candidates(text):
            if self._keys[number] not in found and self._is_in(text, number, places):
                found.add(self._keys[number])
        return found

    def _is_in(self, text: str, number: int, places: Iterable[int] | None) -> bool:
        pattern = self._compiled[number]
        if places is None:
            return pattern.search(text) is not None
        return any(pattern.match(text, place) for place in places)
