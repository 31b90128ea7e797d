"""Which rules are worth trying on a line, and where: what every match of their pattern must hold or begin with.

From each pattern follow strings of which every match must hold one ("dr", "mrn", a digit). One pass of an
Aho-Corasick automaton over a line finds all of them, so a hundred patterns cost little more than the few
that can match; and where a pattern can only begin with one of them, it is tried at those places alone. The
idea is that of RE2's FilteredRE2 and of Hyperscan's prefilters; look-arounds count here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

Alternatives = frozenset[str]
"""Strings in small letters, one of which every match holds; "0" stands for any digit."""

_DIGIT = "0"
_CLASS = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])+\]")
_EMPTY = frozenset({""})
_MOST_ALTERNATIVES = 600
_MOST_REPEATS = 10
_MOST_IN_CLASS = 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PIECES = 3
"""How many indispensable pieces of a pattern are asked for, the rarest first."""

_TELLING = 3
"""A further piece is asked for only if its strings are this long; shorter ones stand on most lines."""

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_BEHIND = -1
_TO_DIGIT = str.maketrans("123456789", _DIGIT * 9)


class Candidate(NamedTuple):
    """A pattern by its index, and where alone it can begin; None is anywhere."""

    index: int
    places: Sequence[int] | None


class Prefilter:
    """Tells for a line which of `patterns` can match it; never misses one."""

    def __init__(self, patterns: Sequence[str]) -> None:
        from ahocorasick_rs import AhoCorasick

        pieces = [indispensable(pattern) for pattern in patterns]
        begin = [beginnings(pattern) for pattern in patterns]
        bits = {piece: 1 << number for number, piece in enumerate({p: None for some in pieces for p in some})}
        strings = sorted({string for some in (*bits, *filter(None, begin)) for string in some})
        self._needs = [sum(bits[piece] for piece in each) for each in pieces]
        self._masks = [sum(bit for piece, bit in bits.items() if string in piece) for string in strings]
        self._begun_by = [tuple(index for index, some in enumerate(begin) if some and s in some) for s in strings]
        self._opening_line = [index for index, pattern in enumerate(patterns) if pattern.startswith("^")]
        self._anywhere = [i for i, some in enumerate(begin) if some is None and i not in self._opening_line]
        self._automaton = AhoCorasick(strings)

    def candidates(self, line: str) -> Iterator[Candidate]:
        """Yield the patterns worth trying on `line`."""
        hits = self._automaton.find_matches_as_indexes(folded(line), overlapping=True)
        held = 0
        for string in {hit[0] for hit in hits}:
            held |= self._masks[string]
        places: dict[int, list[int]] = {}
        for string, start, _ in hits:
            for index in self._begun_by[string]:
                places.setdefault(index, []).append(start)
        for index, some in places.items():
            if self._is_fed(index, held):
                yield Candidate(index, some)
        yield from (Candidate(index, (0,)) for index in self._opening_line if self._is_fed(index, held))
        yield from (Candidate(index, None) for index in self._anywhere if self._is_fed(index, held))

    def _is_fed(self, index: int, held: int) -> bool:
        return self._needs[index] & held == self._needs[index]


def indispensable(pattern: str) -> tuple[Alternatives, ...]:
    """Return up to three pieces of which each match of `pattern` must hold one alternative each."""
    pieces = {piece for piece in _pieces(parser.parse(_plain(pattern))) if _says_something(piece)}
    best, *others = sorted(pieces, key=_rarity)[:_PIECES] or [_EMPTY]
    telling = [piece for piece in others if min(map(len, piece)) >= _TELLING]
    return (best, *telling) if best != _EMPTY else ()


def beginnings(pattern: str) -> Alternatives | None:
    """Return strings with one of which each match of `pattern` begins, or None where it may begin with others."""
    run = _begin(parser.parse(_plain(pattern)))
    if not all(len(string) > 1 and string.strip(_DIGIT + " ") for string in run):
        return None
    return frozenset(s for s in run if not any(s != o and s.startswith(o) for o in run))


def _begin(sequence: Iterable[Any]) -> Alternatives:
    """Return how matches of `sequence` begin; the empty string among them is any beginning."""
    run = _EMPTY
    for code, argument in sequence:
        strings = _language(code, argument)
        if code is codes.ASSERT and argument[0] != _BEHIND and run == _EMPTY:
            return _begin(argument[1])
        joined = _joined(run, strings if strings is not None else _begin_of_part(code, argument))
        if joined is None or strings is None:
            return joined or run
        run = joined
    return run


def _begin_of_part(code: Any, argument: Any) -> Alternatives:
    if code is codes.SUBPATTERN:
        return _begin(argument[-1])
    if code is codes.BRANCH:
        return frozenset().union(*(_begin(branch) for branch in argument[1]))
    if code in _REPEATS and argument[0] > 0:
        return _begin(argument[2])
    return _EMPTY


def folded(line: str) -> str:
    """Return `line` in small letters and with "0" for every digit, each character where it was."""
    small = line.lower() if line.isascii() else "".join(_small(character) for character in line)
    return small.translate(_TO_DIGIT)


def _small(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else character


def _says_something(piece: Alternatives) -> bool:
    return all(len(string) > 1 or not (string.isalpha() or string == " ") for string in piece)


def _rarity(piece: Alternatives) -> tuple[int, int, list[str]]:
    return -min(min(len(string) + 3 * ("@" in string) for string in piece), 3), len(piece), sorted(piece)


def _plain(pattern: str) -> str:
    """Return a pattern of `regex` as one that `re` parses and that demands at most as much."""
    plain = re.sub(r"\(\?P<\w+>", "(?:", pattern)
    plain = re.sub(r"\(\?P=\w+\)", r"[\\s\\S]", plain).replace(r"\b?", "")
    plain = _CLASS.sub(lambda found: r"[\s\S]" if r"\p" in found[0] else found[0], plain)
    return re.sub(r"\\p\{\w+\}", r"[\\s\\S]", plain)


def _pieces(sequence: Any) -> Iterator[Alternatives]:
    """Yield what the parts of `sequence` demand; what neighbours demand is joined to longer strings."""
    run = _EMPTY
    for code, argument in sequence:
        joined = _joined(run, _language(code, argument))
        if joined is None:
            yield from _demanded(run)
            run = _language(code, argument) or _EMPTY
            yield from _pieces_inside(code, argument)
        else:
            run = joined
            if code is codes.ASSERT:
                yield from _pieces(argument[1])
    yield from _demanded(run)


def _demanded(run: Alternatives) -> Iterator[Alternatives]:
    """Yield `run` without those of its strings that hold another of them."""
    if "" not in run:
        yield frozenset(string for string in run if not any(other in string for other in run - {string}))


def _pieces_inside(code: Any, argument: Any) -> Iterable[Alternatives]:
    if code is codes.SUBPATTERN:
        return _pieces(argument[-1])
    if code is codes.ATOMIC_GROUP:
        return _pieces(argument)
    if code in _REPEATS and argument[0] > 0:
        return _pieces(argument[2])
    if code is codes.BRANCH:
        return _piece_of_branches(argument[1])
    return ()


def _piece_of_branches(branches: Sequence[Any]) -> Iterator[Alternatives]:
    """Yield the rarest piece of each branch, together: any match holds one of them."""
    together: set[str] = set()
    for branch in branches:
        pieces = [piece for piece in _pieces(branch) if _says_something(piece)]
        if not pieces:
            return
        together |= min(pieces, key=_rarity)
    if len(together) <= _MOST_ALTERNATIVES:
        yield frozenset(together)


def _joined(left: Alternatives, right: Alternatives | None) -> Alternatives | None:
    """Return each string of `left` with each of `right` behind it, or None where these are too many."""
    if right is None or len(left) * len(right) > _MOST_ALTERNATIVES:
        return None
    return frozenset(before + after for before in left for after in right)


def _language(code: Any, argument: Any) -> Alternatives | None:
    """Return all strings that a part matches, or None where they are too many to list."""
    if code is codes.LITERAL:
        return frozenset({folded(chr(argument))})
    if code is codes.IN:
        return _letters_of_class(argument)
    if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
        return _EMPTY
    if code is codes.SUBPATTERN:
        return _language_of_sequence(argument[-1])
    if code is codes.BRANCH:
        branches = [_language_of_sequence(branch) for branch in argument[1]]
        listed = [branch for branch in branches if branch is not None]
        return _if_few(frozenset().union(*listed)) if len(listed) == len(branches) else None
    if code in _REPEATS and argument[1] <= _MOST_REPEATS:
        return _repeated(_language_of_sequence(argument[2]), argument[0], argument[1])
    return None


def _language_of_sequence(sequence: Sequence[Any]) -> Alternatives | None:
    strings: Alternatives | None = _EMPTY
    for code, argument in sequence:
        strings = _joined(strings, _language(code, argument)) if strings is not None else None
    return strings


def _repeated(once: Alternatives | None, fewest: int, most: int) -> Alternatives | None:
    strings: Alternatives | None = _EMPTY
    together: set[str] = set()
    for times in range(most + 1):
        if strings is None:
            return None
        together |= strings if times >= fewest else set()
        strings = _joined(strings, once)
    return _if_few(frozenset(together))


def _if_few(strings: Alternatives) -> Alternatives | None:
    return strings if len(strings) <= _MOST_ALTERNATIVES else None


def _letters_of_class(members: Sequence[Any]) -> Alternatives | None:
    letters: set[str] = set()
    for code, argument in members:
        if code is codes.LITERAL:
            letters.add(folded(chr(argument)))
        elif code is codes.CATEGORY and argument is codes.CATEGORY_DIGIT:
            letters.add(_DIGIT)
        elif code is codes.RANGE and argument[1] - argument[0] <= len(_LETTERS):
            letters.update(folded(chr(letter)) for letter in range(argument[0], argument[1] + 1))
        else:
            return None
    return frozenset(letters) if len(letters) <= _MOST_IN_CLASS else None
