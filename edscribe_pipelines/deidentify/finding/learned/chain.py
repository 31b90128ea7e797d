"""How likely each token is part of an identifier, by a linear-chain CRF: it sees form, lists and near words.

The model is `phi_model.crf.xz`. Source: Lafferty et al., Conditional random fields, ICML 2001; CRFsuite (Okazaki).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import pycrfsuite

from edscribe_pipelines.deidentify.finding.learned.kinds import NOTHING
from edscribe_pipelines.deidentify.finding.learned.sights import sights_of
from edscribe_pipelines.deidentify.finding.learned.tokens import Token
from edscribe_pipelines.packed_crf import packed_tagger

_AT_ONCE = 4_000
"""Tokens that are read together; what is seen of one takes some thousand bytes."""
_WORTH_A_KIND = 0.001
"""The probability below which nobody asks for the kind of a token."""


class ChainRead(NamedTuple):
    """Of a token: the probability that it is part of an identifier, and that of each kind where it may be one."""

    chance: float
    kinds: dict[str, float]


def read_by_chain(tokens: Sequence[Token]) -> Iterator[ChainRead]:
    tagger = _tagger()
    for first in range(0, len(tokens), _AT_ONCE):
        some = tokens[first : first + _AT_ONCE]
        tagger.set(sights_of(some))
        for place in range(len(some)):
            chance = 1 - tagger.marginal(NOTHING, place)
            yield ChainRead(chance, _kinds_at(tagger, place) if chance >= _WORTH_A_KIND else {})


def _kinds_at(tagger: pycrfsuite.Tagger, place: int) -> dict[str, float]:
    return {kind: sum(tagger.marginal(tag, place) for tag in tags) for kind, tags in _tags().items()}


def _tagger() -> pycrfsuite.Tagger:
    return packed_tagger("edscribe_pipelines.deidentify.finding.learned", "phi_model.crf.xz")


@cache
def _tags() -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tag in _tagger().labels():
        if tag != NOTHING:
            tags.setdefault(tag[2:], []).append(tag)
    return tags
