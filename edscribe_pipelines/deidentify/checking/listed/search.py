"""All identifiers of a list looked up in one pass: an automaton over letters and digits, then what stands between.

A text without its blanks and punctuation holds every spelling of a value as the same run of characters. An Aho-Corasick
automaton finds these runs at a cost that hardly grows with the list; each run is then held to the text around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import BytesAhoCorasick

from edscribe_pipelines.deidentify.checking.listed.identifiers import Listed
from edscribe_pipelines.deidentify.checking.listed.plain_text import NOT_WORD, plain_bytes
from edscribe_pipelines.deidentify.checking.listed.released_text import NotRead, Piece
from edscribe_pipelines.deidentify.checking.listed.spellings import Spelling, is_written, spellings_of

_REACH = 32_768
"""Bytes that no spelling is longer than: a listed value has 200 characters at most."""

_CONTEXT = 64
_IS_WORD = ~np.isin(np.arange(256), list(NOT_WORD))
_IS_DIGIT = np.isin(np.arange(256), list(b"0123456789"))
_LABEL = re.compile(rb"(?:\A|[^0-9a-z\x80-\xff])[a-z]*\Z")
"""What may stand before a number in one word with it: MRN771302, and no digit as in a hash."""

_FRACTION = re.compile(rb"\d\.\Z")


class Hit(NamedTuple):
    """A listed identifier and the line of a file on which it begins."""

    line: int
    listed: Listed


class Search:
    """The automaton of a list."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        meant: dict[bytes, list[tuple[Spelling, Listed]]] = {}
        for each in listed:
            for spelling in spellings_of(each):
                meant.setdefault(spelling.joined, []).append((spelling, each))
        self._automaton = BytesAhoCorasick(list(meant))
        self._meant = list(meant.values())
        self._is_number = np.array([joined.isdigit() for joined in meant])

    def in_name(self, name: str) -> set[Listed]:
        """Return the identifiers that a short text holds, such as the name of a file."""
        plain = plain_bytes(name)
        return {listed for _, listed in self._found(plain, 0, len(plain))}

    def in_file(self, pieces: Iterable[Piece]) -> Iterator[Hit]:
        """Yield each identifier that a file holds, once a line. `pieces` are its text in order.

        Where they end in NotRead, so does this, after the hits before.
        """
        kept, line, done = b"", 1, 0
        seen: set[Hit] = set()
        fault = None
        try:
            for piece in pieces:
                hits = {*self._hits(piece.beside, 0, len(piece.beside), line + kept.count(b"\n"))}
                text = kept + piece.text
                end = max(done, len(text) - _REACH)
                hits |= {*self._hits(text, done, end, line)}
                yield from sorted(hits - seen)
                start = max(0, end - _CONTEXT)
                line += text.count(b"\n", 0, start)
                seen = {hit for hit in seen | hits if hit.line >= line}
                kept, done = text[start:], end - start
        except NotRead as why:
            fault = why
        yield from sorted({*self._hits(kept, done, len(kept), line)} - seen)
        if fault:
            raise fault

    def _hits(self, plain: bytes, start: int, end: int, line: int) -> Iterator[Hit]:
        """Yield what begins in plain[start:end]; `line` is that of the first character of `plain`."""
        place = 0
        for begins, listed in self._found(plain, start, end):
            line += plain.count(b"\n", place, begins)
            place = begins
            yield Hit(line, listed)

    def _found(self, plain: bytes, start: int, end: int) -> Iterator[tuple[int, Listed]]:
        """Yield (where it begins, identifier) in the order of the text."""
        if start == end:
            return
        runs = self._automaton.find_matches_as_indexes(plain.translate(None, NOT_WORD), overlapping=True)
        for number, first, last in self._standing_alone(runs, plain, start, end) if runs else ():
            stretch = plain[first:last]
            if self._is_number[number] and not _is_number_alone(plain, first, stretch):
                continue
            for spelling, listed in self._meant[number]:
                if is_written(spelling, stretch):
                    yield first, listed

    def _standing_alone(
        self, runs: list[tuple[int, int, int]], plain: bytes, start: int, end: int
    ) -> Iterator[tuple[int, int, int]]:
        """Yield (number, first, last) of the runs that begin and end where a word does, as characters of `plain`."""
        numbers, firsts, lasts = np.array(runs).T
        written = np.frombuffer(b" %b " % plain, np.uint8)
        is_word = _IS_WORD[written]
        places = np.flatnonzero(is_word)
        first, last = places[firsts], places[lasts - 1]
        before, behind = written[first - 1], is_word[last + 1]
        alone = ~_IS_WORD[before] | (self._is_number[numbers] & ~_IS_DIGIT[before])
        chosen = np.flatnonzero(alone & ~behind & (first > start) & (first <= end))
        chosen = chosen[np.argsort(first[chosen], kind="stable")]
        yield from zip(numbers[chosen].tolist(), (first[chosen] - 1).tolist(), last[chosen].tolist(), strict=True)


def _is_number_alone(plain: bytes, first: int, stretch: bytes) -> bool:
    before = plain[max(0, first - _CONTEXT) : first]
    is_fraction = stretch.isdigit() and _FRACTION.search(before) is not None
    return not is_fraction and _LABEL.search(before) is not None
