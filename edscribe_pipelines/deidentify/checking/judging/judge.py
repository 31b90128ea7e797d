"""Whether a text still holds an identifier, as a linear-chain CRF judges.

The model is `judge_model.crf.xz`; its card, `phi_reader/README.md`, says what it was trained on and measured at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.judging.pieces import Piece, pieces_of
from edscribe_pipelines.deidentify.checking.judging.sights import sights_of
from edscribe_pipelines.packed_crf import packed_tagger

IDENTIFIER, NOTHING = "I", "O"
DOUBT = 0.8
"""The probability of being an identifier at which a piece stops a text."""
_AT_ONCE = 4_000
"""Pieces that are judged together; what is seen of one takes some thousand bytes."""
_NEIGHBOURS = 3
"""Characters between two pieces of one doubt."""


class Doubt(NamedTuple):
    """text[start:end] may be an identifier, with that probability."""

    start: int
    end: int
    probability: float


def doubts_of(text: str, removed: Sequence[tuple[int, int]] = ()) -> list[Doubt]:
    """Return what in `text` is worth a doubt, besides what is removed of it; neighbours are one."""
    pieces = pieces_of(text, removed)
    runs = (pieces[first : first + _AT_ONCE] for first in range(0, len(pieces), _AT_ONCE))
    found = [doubt for run in runs for doubt in _judged(run)]
    return list(_joined(text, [doubt for doubt in found if _says_something(text, doubt)]))


def _judged(pieces: Sequence[Piece]) -> Iterator[Doubt]:
    tagger = packed_tagger("edscribe_pipelines.deidentify.checking.judging", "judge_model.crf.xz")
    tagger.set(sights_of(pieces))
    for place, piece in enumerate(pieces):
        probability = 1 - tagger.marginal(NOTHING, place)
        if probability >= DOUBT and not piece.is_tag:
            yield Doubt(piece.start, piece.end, probability)


def _says_something(text: str, doubt: Doubt) -> bool:
    return any(letter.isalnum() for letter in text[doubt.start : doubt.end])


def _joined(text: str, doubts: Sequence[Doubt]) -> Iterator[Doubt]:
    current: Doubt | None = None
    for doubt in doubts:
        if (
            current
            and not any(letter.isalnum() for letter in text[current.end : doubt.start])
            and (doubt.start - current.end <= _NEIGHBOURS)
        ):
            current = Doubt(current.start, doubt.end, max(current.probability, doubt.probability))
            continue
        if current:
            yield current
        current = doubt
    if current:
        yield current
