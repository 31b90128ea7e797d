"""How likely each token is part of an identifier, by MiniLM with the adapter `phi_adapter.safetensors`.

The chain beside it (`chain.py`) sees four neighbours on each side and knows no meaning; this one reads a hundred words
at once and was taught English before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.deidentify.finding.learned.kinds import NOTHING, TYPES
from edscribe_pipelines.deidentify.finding.learned.sights import LISTS, lists_of
from edscribe_pipelines.deidentify.finding.learned.tokens import Token

CLASSES = (NOTHING, *sorted(set(TYPES.values())))
_LONGEST_NUMBER = 12
_SHAPES = ("line end", *range(1, _LONGEST_NUMBER + 1), "x", "X", "XX", "Xx", "xx", "xX", "sign")
_SHAPE = {shape: 2 * place for place, shape in enumerate(_SHAPES)}
"""The trait of each shape; the next one is that of the same shape behind a blank."""
_LIST = {name: place for place, name in enumerate(LISTS, start=2 * len(_SHAPES))}
TRAITS = 2 * len(_SHAPES) + len(LISTS)
"""A change wants a new adapter (`phi_reader/train_network.py`)."""


class NetworkRead(NamedTuple):
    """Of a token: the probability that it is part of an identifier, and that of each kind."""

    chance: float
    kinds: dict[str, float]


def read_by_network(texts: Sequence[Sequence[Token]]) -> Iterator[list[NetworkRead]]:
    """Yield for each text what the network makes of its tokens; all are read before the first is told."""
    from edscribe_pipelines.deidentify.adapted_minilm import Adapter, shares_of

    adapter = Adapter("edscribe_pipelines.deidentify.finding.learned", "phi_adapter.safetensors", TRAITS, len(CLASSES))
    for shares in shares_of(adapter, [words_of(tokens) for tokens in texts]):
        yield [NetworkRead(1 - nothing, dict(zip(CLASSES[1:], kinds, strict=True))) for nothing, *kinds in shares]


def words_of(tokens: Sequence[Token]) -> list[tuple[str, tuple[int, ...]]]:
    """Return each token with its traits: its shape with the blank before it, then the lists that hold it."""
    return [(token.text, _traits(token.text, token.is_apart)) for token in tokens]


@lru_cache(maxsize=65_536)
def _traits(word: str, is_apart: bool) -> tuple[int, ...]:
    lists = lists_of(word) if word[0].isalpha() else ()
    return (_SHAPE[_shape(word)] + is_apart, *(_LIST[name] for name in lists))


def _shape(word: str) -> str | int:
    if word == "\n":
        return "line end"
    if word[0].isdigit():
        return min(len(word), _LONGEST_NUMBER)
    if not word[0].isalpha():
        return "sign"
    if len(word) == 1:
        return "X" if word.isupper() else "x"
    if word.isupper():
        return "XX"
    if word[0].isupper() and word[1:].islower():
        return "Xx"
    return "xx" if word.islower() else "xX"
