"""Which patterns are worth trying on a line, and where.

One pass of an Aho-Corasick automaton over a line finds all strings that any pattern demands, so a hundred patterns
cost little more than the few that can match; and where a pattern can only begin with one of them, it is tried at
those places alone. Never misses a match: a pattern of which nothing is known is tried on every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.patterns.demands import Demands, demands_of
from edscribe_pipelines.clinical.patterns.spellings import Alternatives, Spellings, folded

_IN_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0_")
"""Between two of these no word begins. Of other letters the pattern itself decides."""

_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
"""A character that no text in UTF-8 can hold."""
_FEW = 300
"""An automaton of so few strings scans faster in the form that is larger; one of more outgrows the cache."""

Candidate = tuple[int, Sequence[int] | None]
"""A pattern by its number, and where alone it can begin; None is anywhere."""


class Prefilter:
    """Tells for a line which of `patterns` can match it. `lists` are those that patterns write as `\\L<name>`."""

    def __init__(self, patterns: Sequence[str], lists: Mapping[str, Iterable[str]]) -> None:
        spellings = Spellings(lists)
        demands = [demands_of(pattern, spellings) for pattern in patterns]
        asked = [_asked(each) for each in demands]
        bits = {piece: 1 << bit for bit, piece in enumerate({piece for pieces in asked for piece in pieces})}
        masks = _united_by_string((string, bit) for piece, bit in bits.items() for string in piece)
        begun = _gathered_by_string(_begun(demands))
        begun_in_word = _gathered_by_string(_begun_in_word(demands))
        strings = sorted({*masks, *begun})
        self._automaton = AhoCorasick(strings, implementation=Implementation.DFA if len(strings) <= _FEW else None)
        self._needs = [sum(bits[piece] for piece in pieces) for pieces in asked]
        self._told = [(masks.get(each, 0), begun.get(each, ()), begun_in_word.get(each, ())) for each in strings]
        self._unplaced = list(_unplaced(demands))

    def candidates(self, line: str) -> list[Candidate]:
        """Return the patterns worth trying on `line`."""
        text, told, needs = folded(line), self._told, self._needs
        held = 0
        places: dict[int, list[int]] = {}
        for string, start, _ in strings_in(text, self._automaton):
            mask, begun, begun_in_word = told[string]
            held |= mask
            for index in begun_in_word if start and text[start - 1] in _IN_WORD else begun:
                if index in places:
                    places[index].append(start)
                else:
                    places[index] = [start]
        worth: list[Candidate] = [each for each in places.items() if needs[each[0]] & held == needs[each[0]]]
        worth += [each for each in self._unplaced if needs[each[0]] & held == needs[each[0]]]
        return worth


def strings_in(text: str, automaton: AhoCorasick) -> list[tuple[int, int, int]]:
    """Return (number, start, end) of every string of `automaton` in any text, overlapping ones too."""
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:
        whole = _HALF_OF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", text)
        return automaton.find_matches_as_indexes(whole, overlapping=True)


def _asked(demands: Demands) -> Sequence[Alternatives]:
    """Return the pieces to look for: not those that each beginning holds, where the pattern is tried at these."""
    if demands.opens_line or demands.beginnings is None:
        return demands.pieces
    return [piece for piece in demands.pieces if not _is_in_all(piece, demands.beginnings)]


def _is_in_all(piece: Alternatives, beginnings: Alternatives) -> bool:
    return all(any(string in beginning for string in piece) for beginning in beginnings)


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
            yield index, (0,) if each.opens_line else None


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
