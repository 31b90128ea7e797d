"""What a pattern demands of a line: what every match must hold, and how it begins.

The idea is that of RE2's FilteredRE2 and of Hyperscan's prefilters; look-arounds count here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from edscribe_pipelines.clinical.patterns.spellings import (
    DIGIT,
    MOST_ALTERNATIVES,
    NOTHING,
    REPEATS,
    Alternatives,
    Spellings,
    joined,
)

_PIECES = 3
"""How many indispensable pieces of a pattern are asked for, the rarest first."""

_TELLING = 3
"""A further piece is asked for only if its strings are this long; shorter ones stand on most lines."""

_MANY_DIGITS = 4
_BEHIND = -1
_WORD_BOUNDARY = (codes.AT, codes.AT_BOUNDARY)
_LINE_START = (codes.AT, codes.AT_BEGINNING)


class Demands(NamedTuple):
    """Each match holds one alternative of each of `pieces` and begins with one of `beginnings`; None is anything."""

    pieces: tuple[Alternatives, ...]
    beginnings: Alternatives | None
    opens_line: bool
    opens_word: bool


def demands_of(pattern: str, spellings: Spellings) -> Demands:
    sequence = spellings.parse(pattern)
    return Demands(
        _indispensable(sequence, spellings),
        _beginnings(sequence, spellings),
        _opens_with(_LINE_START, sequence),
        _opens_with(_WORD_BOUNDARY, sequence),
    )


def _opens_with(place: tuple[Any, Any], sequence: Sequence[Any]) -> bool:
    """Whether every match begins at `place`, as far as the first part tells."""
    if not sequence:
        return False
    code, argument = sequence[0]
    if code is codes.SUBPATTERN:
        return _opens_with(place, argument[-1])
    if code is codes.BRANCH:
        return all(_opens_with(place, branch) for branch in argument[1])
    return (code, argument) == place


def _indispensable(sequence: Sequence[Any], spellings: Spellings) -> tuple[Alternatives, ...]:
    pieces = {piece for piece in _Pieces(spellings).of(sequence) if _says_something(piece)}
    best, *others = sorted(pieces, key=_rarity)[:_PIECES] or [NOTHING]
    telling = [piece for piece in others if min(map(len, piece)) >= _TELLING]
    return (best, *telling) if best != NOTHING else ()


def _says_something(piece: Alternatives) -> bool:
    return all(len(string) > 1 or not (string.isalpha() or string == " ") for string in piece)


def _rarity(piece: Alternatives) -> tuple[int, int, list[str]]:
    return -min(min(len(string) + 3 * ("@" in string) for string in piece), 3), len(piece), sorted(piece)


class _Pieces:
    """Gathers what the parts of a pattern demand; what neighbours demand is joined to longer strings."""

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings

    def of(self, sequence: Iterable[Any]) -> Iterator[Alternatives]:
        run = NOTHING
        for code, argument in sequence:
            strings = self._spellings.of(code, argument)
            longer = joined(run, strings)
            if longer is None:
                yield from _demanded(run)
                run = strings or NOTHING
                yield from self._inside(code, argument)
            else:
                run = longer
                if code is codes.ASSERT:
                    yield from self.of(argument[1])
        yield from _demanded(run)

    def _inside(self, code: Any, argument: Any) -> Iterable[Alternatives]:
        if code is codes.SUBPATTERN:
            return self.of(argument[-1])
        if code is codes.ATOMIC_GROUP:
            return self.of(argument)
        if code in REPEATS and argument[0] > 0:
            return self.of(argument[2])
        if code is codes.BRANCH:
            return self._of_branches(argument[1])
        return ()

    def _of_branches(self, branches: Sequence[Any]) -> Iterator[Alternatives]:
        """Yield the rarest piece of each branch, together: any match holds one of them."""
        together: set[str] = set()
        for branch in branches:
            pieces = [piece for piece in self.of(branch) if _says_something(piece)]
            if not pieces:
                return
            rarest: Alternatives = min(pieces, key=_rarity)
            together |= rarest
        if len(together) <= MOST_ALTERNATIVES:
            yield frozenset(together)


def _demanded(run: Alternatives) -> Iterator[Alternatives]:
    """Yield `run` without those of its strings that hold another of them."""
    if "" not in run:
        lengths = sorted(set(map(len, run)))
        yield frozenset(string for string in run if run.isdisjoint(_shorter_pieces(string, lengths)))


def _shorter_pieces(string: str, lengths: Sequence[int]) -> Iterator[str]:
    for length in lengths:
        if length >= len(string):
            return
        for start in range(len(string) - length + 1):
            yield string[start : start + length]


def _beginnings(sequence: Sequence[Any], spellings: Spellings) -> Alternatives | None:
    run = _begin(sequence, spellings)
    if not all(map(_says_where, run)):
        return None
    return frozenset(s for s in run if run.isdisjoint(s[:length] for length in range(1, len(s))))


def _says_where(string: str) -> bool:
    """Whether few places of a line begin with `string`: not a letter, few digits or blanks alone."""
    if not string.strip(DIGIT + " "):
        return len(string.strip()) >= _MANY_DIGITS
    return len(string) > 1 or not string.isalpha()


def _begin(sequence: Iterable[Any], spellings: Spellings) -> Alternatives:
    """Return how matches of `sequence` begin; the empty string among them is any beginning."""
    run = NOTHING
    for code, argument in sequence:
        if code is codes.ASSERT and argument[0] != _BEHIND and run == NOTHING:
            return _begin(argument[1], spellings)
        strings = spellings.of(code, argument)
        longer = joined(run, strings if strings is not None else _begin_of_part(code, argument, spellings))
        if longer is None or strings is None:
            return longer or run
        run = longer
    return run


def _begin_of_part(code: Any, argument: Any, spellings: Spellings) -> Alternatives:
    listed = spellings.listed(code, argument)
    if listed is not None:
        return listed
    if code is codes.SUBPATTERN:
        return _begin(argument[-1], spellings)
    if code is codes.BRANCH:
        return frozenset().union(*(_begin(branch, spellings) for branch in argument[1]))
    if code in REPEATS and argument[0] > 0:
        return _begin(argument[2], spellings)
    return NOTHING
