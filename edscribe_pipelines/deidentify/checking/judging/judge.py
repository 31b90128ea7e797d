"""Whether a text still holds an identifier, as two models judge that share nothing with the remover but MiniLM itself.

A linear-chain CRF (`judge_model.crf.xz`) reads every text; where it sees the least doubt, MiniLM with the judge's
adapter reads it too, and their log odds are averaged. The card, `phi_reader/README.md`, says what they were trained on
and measured at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.judging.network import chances_of
from edscribe_pipelines.deidentify.checking.judging.pieces import Piece, pieces_of
from edscribe_pipelines.deidentify.checking.judging.sights import sights_of
from edscribe_pipelines.deidentify.odds import agreed
from edscribe_pipelines.packed_crf import packed_tagger

IDENTIFIER, NOTHING = "I", "O"
DOUBT = 0.5
"""The probability of being an identifier at which a piece stops a text."""
_LEAST = 0.1
"""The probability of the CRF below which nobody asks further."""
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
    doubts = [
        Doubt(piece.start, piece.end, chance)
        for piece, chance in zip(pieces, _chances(pieces), strict=True)
        if chance >= DOUBT and not piece.is_tag
    ]
    return list(_joined(text, [doubt for doubt in doubts if _says_something(text, doubt)]))


def _chances(pieces: Sequence[Piece]) -> list[float]:
    runs = (pieces[first : first + _AT_ONCE] for first in range(0, len(pieces), _AT_ONCE))
    by_form = [chance for run in runs for chance in _by_chain(run)]
    if not any(chance >= _LEAST and not piece.is_tag for chance, piece in zip(by_form, pieces, strict=True)):
        return by_form
    return [agreed(form, sense) for form, sense in zip(by_form, chances_of(pieces), strict=True)]


def _by_chain(pieces: Sequence[Piece]) -> Iterator[float]:
    tagger = packed_tagger("edscribe_pipelines.deidentify.checking.judging", "judge_model.crf.xz")
    tagger.set(sights_of(pieces))
    return (1 - tagger.marginal(NOTHING, place) for place in range(len(pieces)))


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
