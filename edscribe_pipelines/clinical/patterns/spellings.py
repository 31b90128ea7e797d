"""The strings that a part of a pattern matches, where they are few enough to list, in one way of writing.

Folded: in small letters and with "0" for every digit, so that one look at a line serves patterns with and without
`(?i:)`. Patterns are those of `regex`, read by the parser of `re`; what only `regex` knows (`\\p{Lu}`) counts as any
character, and a list (`\\L<kin>`) as the words that it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import regex

Alternatives = frozenset[str]
"""Folded strings, one of which a text must hold."""

NOTHING = frozenset({""})
MOST_ALTERNATIVES = 600
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
DIGIT = "0"

_MOST_REPEATS = 10
_MOST_IN_CLASS = 8
_LETTERS = 26
_FIRST_LIST = 0xF0000
"""Lists stand in the parsed pattern as characters of Unicode's private plane 15, which no rule writes."""

_ANY = r"[\s\S]"
_PIECE = regex.compile(
    r"\\L<(?P<list>\w+)>|(?P<property>\\[pP]\{\w+\})|(?P<backreference>\(\?P=\w+\))|(?P<group>\(\?P<\w+>)"
    r"|(?P<perhaps>\\b\?)|\\.|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
)
_TO_DIGIT = str.maketrans("123456789", DIGIT * 9)
_ANY_DIGIT = regex.compile(r"\d")
_WITHOUT_SMALL_FORM = {"İ": "i", "ſ": "s"}
"""What `(?i:i)` and `(?i:s)` match besides; `str.lower` leaves them. It writes "Σ" in two ways, by what follows."""


@lru_cache(maxsize=4)
def folded(text: str) -> str:
    """Return `text` in small letters and with "0" for every digit, each character where it was.

    Remembers the last few: several sets of patterns are searched for in the same note.
    """
    if text.isascii():
        return text.lower().translate(_TO_DIGIT)
    small = text.lower()
    if len(small) != len(text) or "ſ" in text or "Σ" in text:
        small = "".join(map(_small, text))
    return str(_ANY_DIGIT.sub(DIGIT, small))


def in_small_ascii(text: str) -> str:
    """Return `text` with every letter where it was: those of ASCII small, others as a mark."""
    return text.encode("ascii", "replace").decode("ascii").lower()


def _small(character: str) -> str:
    small = _WITHOUT_SMALL_FORM.get(character) or character.lower()
    return small if len(small) == 1 else character


class Spellings:
    """Lists what parts of patterns match; `lists` are the named lists that the patterns may use."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._numbers = {name: _FIRST_LIST + number for number, name in enumerate(lists)}
        self._lists = {self._numbers[name]: frozenset(map(folded, words)) for name, words in lists.items()}

    def parse(self, pattern: str) -> Sequence[Any]:
        """Return the parts of `pattern`, each with its code, as the parser of `re` knows them."""
        return parser.parse(_PIECE.sub(self._plain, pattern))  # type: ignore[no-any-return]

    def _plain(self, piece: Any) -> str:
        """Return a piece of a pattern as one that `re` parses and that demands at most as much."""
        if piece["list"]:
            return chr(self._numbers[piece["list"]])
        if piece["group"]:
            return "(?:"
        if piece["perhaps"]:
            return ""
        has_property = piece["class"] and r"\p" in piece["class"].lower()
        return _ANY if has_property or piece["property"] or piece["backreference"] else piece[0]

    def listed(self, code: Any, argument: Any) -> Alternatives | None:
        """Return the words where a part is a list, however many they are."""
        return self._lists.get(argument) if code is codes.LITERAL else None

    def of(self, code: Any, argument: Any) -> Alternatives | None:
        """Return all strings that a part matches, or None where they are too many."""
        if code is codes.LITERAL:
            return _if_few(self._lists.get(argument) or _letter(argument))
        if code is codes.IN:
            return self._of_class(argument)
        if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
            return NOTHING
        if code is codes.SUBPATTERN:
            return self._of_sequence(argument[-1])
        if code is codes.BRANCH:
            return _united([self._of_sequence(branch) for branch in argument[1]])
        if code in REPEATS and argument[1] <= _MOST_REPEATS:
            return _repeated(self._of_sequence(argument[2]), argument[0], argument[1])
        return None

    def _of_sequence(self, sequence: Sequence[Any]) -> Alternatives | None:
        strings: Alternatives | None = NOTHING
        for code, argument in sequence:
            strings = joined(strings, self.of(code, argument)) if strings is not None else None
        return strings

    def _of_class(self, members: Sequence[Any]) -> Alternatives | None:
        """Return the members of a class; the parser of `re` also makes one of alternatives of a character each."""
        strings = [
            self.of(code, argument) if code is codes.LITERAL else _of_member(code, argument)
            for code, argument in members
        ]
        united = _united(strings)
        letters = [string for string in united or () if len(string) == 1]
        return united if len(letters) <= _MOST_IN_CLASS else None


def joined(left: Alternatives, right: Alternatives | None) -> Alternatives | None:
    """Return each string of `left` with each of `right` behind it, or None where these are too many."""
    if right is None or len(left) * len(right) > MOST_ALTERNATIVES:
        return None
    return frozenset(before + after for before in left for after in right)


@lru_cache(maxsize=4096)
def _letter(code: int) -> Alternatives:
    return frozenset({folded(chr(code))})


def _of_member(code: Any, argument: Any) -> Alternatives | None:
    if code is codes.CATEGORY and argument is codes.CATEGORY_DIGIT:
        return frozenset({DIGIT})
    if code is codes.RANGE and argument[1] - argument[0] <= _LETTERS:
        return frozenset(folded(chr(letter)) for letter in range(argument[0], argument[1] + 1))
    return None


def _united(strings: Sequence[Alternatives | None]) -> Alternatives | None:
    listed = [some for some in strings if some is not None]
    return _if_few(frozenset().union(*listed)) if len(listed) == len(strings) else None


def _repeated(once: Alternatives | None, fewest: int, most: int) -> Alternatives | None:
    strings: Alternatives | None = NOTHING
    together: set[str] = set()
    for times in range(most + 1):
        if strings is None:
            return None
        together |= strings if times >= fewest else set()
        strings = joined(strings, once)
    return _if_few(frozenset(together))


def _if_few(strings: Alternatives) -> Alternatives | None:
    return strings if len(strings) <= MOST_ALTERNATIVES else None
