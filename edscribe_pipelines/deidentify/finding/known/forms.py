"""What one known value may look like in a note, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate, islice
from typing import NamedTuple


class Need(IntEnum):
    """What must hold where a form stands for it to count. The least demanding one wins."""

    NOTHING = 0
    NUMBER = 1
    """A number of five digits and more: dashes, dots or blanks may part it."""
    WHOLE = 2
    """A short number: in one piece, and no measurement."""
    CAPITAL = 3
    SUFFIX = 4
    """A street without its number: followed by Street, St, Lane ..."""
    NAME = 5
    """An ordinary word: only where it stands as a name."""
    HYPHEN = 6
    """One name written as two: Mary-Jane for Maryjane."""
    UPPER = 7
    ENDING = 8
    """The last digits of a number: after "last four" or "ending in"."""


class Strength(IntEnum):
    """How much a part of a name says on its own."""

    FUNCTION = 0
    """Never alone: he, de, van."""
    ORDINARY = 1
    """Only where it stands as a name: Will, May, Li."""
    SOFT = 2
    """Only with a capital: a nickname, a plural."""
    FULL = 3


class Written(NamedTuple):
    """The folded words of a form, joined."""

    type: str
    need: Need


@dataclass
class Forms:
    """All forms of one value, or of all values of an encounter."""

    written: dict[str, Written] = field(default_factory=dict)
    openings: set[str] = field(default_factory=set)
    """What the joined words of a form may begin with."""
    parts: dict[str, Strength] = field(default_factory=dict)
    typo_prone: set[str] = field(default_factory=set)
    initials: set[str] = field(default_factory=set)
    monograms: set[str] = field(default_factory=set)
    """The initials of the patient's whole name: js, jas."""
    dates: set[tuple[int, int, int]] = field(default_factory=set)
    """Year, month and day; day 0 where the record names a month."""

    date_heads: set[str] = field(default_factory=set)
    """The words that such a date may begin with."""

    verbatim: set[tuple[str, str]] = field(default_factory=set)
    """Values, with their types, that are also found character by character."""

    def add_words(self, words: Iterable[str], span_type: str, need: Need) -> None:
        """Add a form that a note may break between its words."""
        *openings, joined = accumulate(words)
        self.openings.update(openings, (joined,))
        self._add(joined, span_type, need)

    def add_breakable(self, joined: str, span_type: str, need: Need, shortest: int = 1) -> None:
        """Add a form that a note may break anywhere, after its first `shortest` characters."""
        self.openings.update(islice(accumulate(joined), shortest - 1, None))
        self._add(joined, span_type, need)

    def add_part(self, word: str, strength: Strength) -> None:
        self.parts[word] = max(strength, self.parts.get(word, strength))

    def update(self, other: Forms) -> None:
        for joined in self.written.keys() & other.written.keys():
            self._add(joined, *other.written[joined])
        self.written = other.written | self.written
        shared = self.parts.keys() & other.parts.keys()
        strongest = {word: max(self.parts[word], other.parts[word]) for word in shared}
        self.parts.update(other.parts)
        self.parts.update(strongest)
        for name in ("openings", "typo_prone", "initials", "monograms", "dates", "date_heads", "verbatim"):
            if theirs := getattr(other, name):
                getattr(self, name).update(theirs)

    def _add(self, joined: str, span_type: str, need: Need) -> None:
        known = self.written.get(joined)
        if joined and (known is None or need < known.need):
            self.written[joined] = Written(span_type, need)
