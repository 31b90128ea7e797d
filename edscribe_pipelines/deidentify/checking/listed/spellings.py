"""How a listed value may be written: what of it must stand in a text, and what may stand between.

Capitals, accents and what separates the parts of a value never matter. A person's name counts in either order, with
or without names between the first and the last; a part of it alone does not, for a list of many names would then find
one in every text. A number counts without its zeros or letters in front, a telephone number also by its last ten
and seven digits, a date of birth in the usual ways to write a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.known_numbers import date_of, dates_in_figures, days_by_name, numbers_of
from edscribe_pipelines.deidentify.checking.known_values import PERSONS, UMLAUTS
from edscribe_pipelines.deidentify.checking.listed.identifiers import Listed
from edscribe_pipelines.deidentify.checking.listed.plain_text import NOT_WORD, plain_bytes, words_in
from edscribe_pipelines.deidentify.checking.written_text import gate_words

_SHORTEST_RUN, _SHORTEST_PARTED = 6, 7
"""Letters of a shorter name stand side by side in other words, digits of a shorter number in vital signs in a row:
these count only in the parts that the list writes."""

_SHORTEST_NAME = 4
_MOST_NAMES = 5
_NO_PERSON = re.compile(r"[@/\\:]")
_TELEPHONE = re.compile(r"(?:1[ .-]*)?(?:\(\d{3}\)[ .-]*|\d{3}[ .-])\d{3}[ .-]\d{4}|\+\d[\d ().-]{9,}")
_KINDS_REMEMBERED = 4096

_BETWEEN_WORDS = rb"[^0-9a-z\x80-\xff]{%d,200}"
_BETWEEN_DIGITS = rb"[%b]{%d,4}"
_APART = b" \t\r\n.'/_()#:*-"
_WITHIN_WORD = rb"(?:[-' _]|-\r?\n[ \t]*)?"
_WITHIN_NUMBER = rb"[ .'/_()-]{0,3}"
"""A comma is none of these, nor a line's end inside: they part the figures of a table."""


class Spelling(NamedTuple):
    """One way to write a value: `pieces` of letters and digits. `joins` says whether they may stand without anything
    between them, `parts` whether a piece may be parted, `apart` what else may stand between two digits."""

    pieces: tuple[bytes, ...]
    joins: bool
    parts: bool
    apart: bytes = b""

    @property
    def joined(self) -> bytes:
        return b"".join(self.pieces)


def spellings_of(listed: Listed) -> set[Spelling]:
    """Return the ways in which a value of a list may be written."""
    value, kind = listed.value, listed.kind.casefold()
    plain = plain_bytes(value)
    pieces = words_in(plain)
    moment = date_of(value.casefold())
    if moment is not None:
        named = (f"{day} {year}" for day in days_by_name(moment) for year in (f"{moment:%Y}", f"{moment:%y}"))
        return {*_dates(dates_in_figures(moment)), *_dates(named, b",")}
    if any(byte in b"0123456789" for byte in plain):
        return set(_of_number(pieces, kind, value, plain))
    written = {_of_letters(pieces)}
    for each in {value, value.casefold().translate(UMLAUTS)}:
        written |= {_of_letters(names) for names in _names(each, kind)}
    return {spelling for spelling in written if len(spelling.joined) >= _SHORTEST_NAME}


def _dates(phrases: Iterable[str], apart: bytes = b"") -> Iterator[Spelling]:
    return (Spelling(tuple(phrase.encode().split()), joins=False, parts=False, apart=apart) for phrase in phrases)


def _of_letters(pieces: Sequence[bytes]) -> Spelling:
    is_long = len(b"".join(pieces)) >= _SHORTEST_RUN
    return Spelling(tuple(pieces), joins=is_long, parts=is_long)


def _of_number(pieces: Sequence[bytes], kind: str, value: str, plain: bytes) -> Iterator[Spelling]:
    apart = bytes(sorted(set(NOT_WORD) & set(plain) - set(_APART)))
    yield _number(pieces, apart)
    is_place = len(pieces) > 2 and pieces[0].isdigit() and pieces[1].isalpha()
    if "@" in value or is_place:
        return
    joined = b"".join(pieces).decode()
    for number in numbers_of(joined, "phone" if _TELEPHONE.fullmatch(value) else kind):
        if number != joined:
            yield _number(_last(pieces, len(number)), apart)


def _number(pieces: Sequence[bytes], apart: bytes) -> Spelling:
    return Spelling(tuple(pieces), joins=True, parts=len(b"".join(pieces)) >= _SHORTEST_PARTED, apart=apart)


def _last(pieces: Sequence[bytes], digits: int) -> list[bytes]:
    """Return the last digits of a number in the pieces that it has."""
    kept: list[bytes] = []
    for piece in reversed([re.sub(rb"\D", b"", piece) for piece in pieces]):
        kept.insert(0, piece[max(0, len(piece) - digits) :])
        digits -= len(kept[0])
    return [piece for piece in kept if piece]


def _names(value: str, kind: str) -> Iterator[list[bytes]]:
    """Yield the orders of a person's names; none where the value is of no person."""
    if not any(person in kind for person in PERSONS) or _NO_PERSON.search(value):
        return
    before, _, behind = value.partition(",")
    family, given = _names_in(before), _names_in(behind)
    if not given:
        family, given = family[-1:], family[:-1]
    if not given or len(family) + len(given) > _MOST_NAMES or any(_is_institution(name) for name in (*family, *given)):
        return
    first, initials = given[:1], [[name[0][:1]] for name in given[1:]]
    for chosen in (given, first, [*first, *initials]):
        yield [piece for name in (*chosen, *family) for piece in name]
        yield [piece for name in (*family, *chosen) for piece in name]


def _names_in(value: str) -> list[list[bytes]]:
    """Return the names of `value`, each in its pieces, titles left out."""
    names = [words_in(plain_bytes(name)) for name in value.split()]
    return [name for name in names if name and b"".join(name).decode() not in gate_words("title")]


def _is_institution(name: list[bytes]) -> bool:
    return any(piece.decode() in gate_words("institution") for piece in name)


def is_written(spelling: Spelling, stretch: bytes) -> bool:
    """Return whether a stretch of plain text, whose letters and digits are those of `spelling`, writes it."""
    return _pattern(spelling).fullmatch(stretch) is not None


@lru_cache(_KINDS_REMEMBERED)
def _pattern(spelling: Spelling) -> re.Pattern[bytes]:
    least = 0 if spelling.joins else 1
    pattern, last = b"", b""
    for piece in spelling.pieces:
        if last:
            both_digits = last[-1:].isdigit() and piece[:1].isdigit()
            figures = _BETWEEN_DIGITS % (re.escape(_APART + spelling.apart), least)
            pattern += figures if both_digits else _BETWEEN_WORDS % least
        pattern += _parted(piece) if spelling.parts else re.escape(piece)
        last = piece
    return re.compile(pattern)


def _parted(piece: bytes) -> bytes:
    """Return a pattern of `piece` with what may stand between two of its letters or digits."""
    pattern = piece[:1]
    for place in range(1, len(piece)):
        pattern += _WITHIN_NUMBER if piece[place - 1 : place + 1].isdigit() else _WITHIN_WORD
        pattern += piece[place : place + 1]
    return pattern
