"""A text as the judge reads it: lines joined, signs folded, and numbers whole across what divides their digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters

TAG = "tag"
_PIECE = re.compile(
    r"\[[A-Z_]+\]|(?P<number>\d+(?:[-./:#]\s{0,2}\d+|[ ]?[()]\s?\d+|,\d{3}|[ ]\d{2,})*)"
    r"|(?P<word>[A-Za-z]+(?:'[A-Za-z]+)?)|[^\sA-Za-z0-9]"
)
_DIGITS = re.compile(r"\d+")
_BLANK = re.compile(r"\s+")


class Piece(NamedTuple):
    """A word, a number with its signs, or a sign, at text[start:end]; `shape` tells the runs of digits of a number."""

    text: str
    shape: str
    start: int
    end: int

    @property
    def is_tag(self) -> bool:
        return self.shape == TAG


def pieces_of(text: str, removed: Sequence[tuple[int, int]] = ()) -> list[Piece]:
    """Return the pieces of `text`; what is removed, sorted ranges of it, is a tag each."""
    pieces: list[Piece] = []
    done = 0
    for start, end in removed:
        pieces += _pieces(text[done:start], done)
        pieces.append(Piece("[]", TAG, start, end))
        done = end
    return pieces + _pieces(text[done:], done)


def _pieces(text: str, offset: int) -> list[Piece]:
    if text.isascii():
        return [_piece(match, offset + match.start(), offset + match.end()) for match in _PIECE.finditer(text)]
    plain, places = _with_places(text)
    return [
        _piece(match, offset + places[match.start()], offset + places[match.end() - 1] + 1)
        for match in _PIECE.finditer(plain)
    ]


def _with_places(text: str) -> tuple[str, list[int]]:
    """Return `text` in plain letters, and where each of its characters stands in `text`."""
    letters, places = [], []
    for place, letter in enumerate(text):
        plain = in_plain_letters(letter)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


def _piece(match: re.Match[str], start: int, end: int) -> Piece:
    said = _BLANK.sub("", match[0]) if match.lastgroup == "number" else match[0]
    if match.lastgroup == "number":
        shape = _DIGITS.sub(lambda run: str(min(len(run[0]), 9)), match[0].replace("\n", ""))
    elif match.lastgroup == "word":
        shape = "A" if said.isupper() else "a" if said.islower() else "Aa" if said[1:].islower() else "aA"
    else:
        shape = TAG if len(said) > 1 else said
    return Piece(said, shape, start, end)
