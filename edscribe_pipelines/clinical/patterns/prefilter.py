"""Which patterns are worth trying on a line, and where.

One pass of an Aho-Corasick automaton over a line finds all strings that any pattern demands, so a hundred patterns
cost little more than the few that can match; and where a pattern can only begin with one of them, it is tried at
those places alone. Never misses a match: a pattern of which nothing is known is tried on every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from edscribe_pipelines.clinical.patterns.demands import Demands, demands_of
from edscribe_pipelines.clinical.patterns.spellings import Spellings, folded

_IN_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0_")
"""Between two of these no word begins. Of other letters the pattern itself decides."""


_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
"""A character that no text in UTF-8 can hold."""


class Candidate(NamedTuple):
    """A pattern by its number, and where alone it can begin; None is anywhere."""

    pattern: int
    places: Sequence[int] | None


class Prefilter:
    """Tells for a line which of `patterns` can match it. `lists` are those that patterns write as `\\L<name>`."""

    def __init__(self, patterns: Sequence[str], lists: Mapping[str, Iterable[str]]) -> None:
        spellings = Spellings(lists)
        demands = [demands_of(pattern, spellings) for pattern in patterns]
        bits = {piece: 1 << bit for bit, piece in enumerate({piece for each in demands for piece in each.pieces})}
        masks = _united_by_string((string, bit) for piece, bit in bits.items() for string in piece)
        begun = _gathered_by_string(_begun(demands))
        begun_in_word = _gathered_by_string(_begun_in_word(demands))
        strings = sorted({*masks, *begun})
        self._automaton = AhoCorasick(strings)
        self._needs = [sum(bits[piece] for piece in each.pieces) for each in demands]
        self._masks = [masks.get(string, 0) for string in strings]
        self._begun = [begun.get(string, ()) for string in strings]
        self._begun_in_word = [begun_in_word.get(string, ()) for string in strings]
        self._unplaced = list(_unplaced(demands))

    def candidates(self, line: str) -> Iterator[Candidate]:
        """Yield the patterns worth trying on `line`."""
        text = folded(line)
        held = 0
        places: dict[int, list[int]] = {}
        for string, start, _ in self._found(text):
            held |= self._masks[string]
            begun = self._begun_in_word if start and text[start - 1] in _IN_WORD else self._begun
            for index in begun[string]:
                places.setdefault(index, []).append(start)
        for index, some in places.items():
            if self._needs[index] & held == self._needs[index]:
                yield Candidate(index, some)
        for candidate in self._unplaced:
            if self._needs[candidate.pattern] & held == self._needs[candidate.pattern]:
                yield candidate

    def _found(self, text: str) -> list[tuple[int, int, int]]:
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:
            whole = _HALF_OF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", text)
            return self._automaton.find_matches_as_indexes(whole, overlapping=True)


def _begun(demands: Sequence[Demands]) -> Iterator[tuple[str, int]]:
    for index, each in enumerate(demands):
        if not each.opens_line:
            yield from ((string, index) for string in each.beginnings or ())


def _begun_in_word(demands: Sequence[Demands]) -> Iterator[tuple[str, int]]:
    """Yield the strings with which a pattern can begin behind a letter or digit, too."""
    for string, index in _begun(demands):
        if not (demands[index].opens_word and string[0] in _IN_WORD):
            yield string, index


def _unplaced(demands: Sequence[Demands]) -> Iterator[Candidate]:
    for index, each in enumerate(demands):
        if each.opens_line or each.beginnings is None:
            yield Candidate(index, (0,) if each.opens_line else None)


def _united_by_string(bits: Iterable[tuple[str, int]]) -> dict[str, int]:
    united: dict[str, int] = {}
    for string, bit in bits:
        united[string] = united.get(string, 0) | bit
    return united


def _gathered_by_string(begun: Iterable[tuple[str, int]]) -> dict[str, Sequence[int]]:
    gathered: dict[str, list[int]] = {}
    for string, index in begun:
        gathered.setdefault(string, []).append(index)
    return {string: tuple(some) for string, some in gathered.items()}
