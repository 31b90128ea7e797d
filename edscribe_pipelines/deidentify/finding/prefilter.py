"""Which patterns are worth trying on a line, and where.

One pass of an Aho-Corasick automaton over a line finds all strings that any pattern demands, so a hundred patterns
cost little more than the few that can match; and where a pattern can only begin with one of them, it is tried at
those places alone. Never misses a match: a pattern of which nothing is known is tried on every line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from edscribe_pipelines.deidentify.finding.demands import Demands, demands_of
from edscribe_pipelines.deidentify.finding.spellings import Spellings, folded

_IN_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0_")
"""Between two of these no word begins. Of other letters the pattern itself decides."""


class Candidate(NamedTuple):
    """A pattern by its index, and where alone it can begin; None is anywhere."""

    index: int
    places: Sequence[int] | None


class Prefilter:
    """Tells for a line which of `patterns` can match it. `lists` are those that patterns write as `\\L<name>`."""

    def __init__(self, patterns: Sequence[str], lists: Mapping[str, Iterable[str]]) -> None:
        spellings = Spellings(lists)
        demands = [demands_of(pattern, spellings) for pattern in patterns]
        strings = sorted({string for each in demands for some in _parts(each) for string in some})
        bits = {piece: 1 << bit for bit, piece in enumerate({piece for each in demands for piece in each.pieces})}
        self._automaton = AhoCorasick(strings)
        self._needs = [sum(bits[piece] for piece in each.pieces) for each in demands]
        self._masks = [sum(bit for piece, bit in bits.items() if string in piece) for string in strings]
        self._begun = [tuple(_begun_by(string, demands)) for string in strings]
        self._begun_in_word = [tuple(_begun_in_word_by(string, demands)) for string in strings]
        self._unplaced = list(_unplaced(demands))

    def candidates(self, line: str) -> Iterator[Candidate]:
        """Yield the patterns worth trying on `line`."""
        text = folded(line)
        held = 0
        places: dict[int, list[int]] = {}
        for string, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            held |= self._masks[string]
            begun = self._begun_in_word if start and text[start - 1] in _IN_WORD else self._begun
            for index in begun[string]:
                places.setdefault(index, []).append(start)
        for index, some in places.items():
            if self._needs[index] & held == self._needs[index]:
                yield Candidate(index, some)
        for candidate in self._unplaced:
            if self._needs[candidate.index] & held == self._needs[candidate.index]:
                yield candidate


def _parts(demands: Demands) -> Iterator[Iterable[str]]:
    yield from demands.pieces
    yield demands.beginnings or ()


def _begun_by(string: str, demands: Sequence[Demands]) -> Iterator[int]:
    for index, each in enumerate(demands):
        if each.beginnings and string in each.beginnings and not each.opens_line:
            yield index


def _begun_in_word_by(string: str, demands: Sequence[Demands]) -> Iterator[int]:
    """Yield the patterns that can begin with `string` behind a letter or digit."""
    for index in _begun_by(string, demands):
        if not (demands[index].opens_word and string[0] in _IN_WORD):
            yield index


def _unplaced(demands: Sequence[Demands]) -> Iterator[Candidate]:
    for index, each in enumerate(demands):
        if each.opens_line or each.beginnings is None:
            yield Candidate(index, (0,) if each.opens_line else None)
