"""How likely each piece is an identifier, by MiniLM with the judge's own adapter, `judge_adapter.safetensors`.

It was trained on other carriers than the remover's, sees what is removed as hidden words, and knows no list.
"""

from __future__ import annotations

from collections.abc import Sequence

from edscribe_pipelines.deidentify.checking.judging.pieces import Piece

_LONGEST_NUMBER, _MOST_RUNS = 12, 4
_SHAPES = ("sign", "A", "a", "Aa", "aA", *range(1, _LONGEST_NUMBER + 1))
_SHAPE = {shape: place for place, shape in enumerate(_SHAPES)}
_FIRST_RUN = len(_SHAPES)
_GLUED = _FIRST_RUN + _MOST_RUNS
TRAITS = _GLUED + 1
"""A shape, the runs of digits of a number, and whether no blank stands before: a change wants a new adapter
(`phi_reader/train_judge_network.py`)."""


def chances_of(pieces: Sequence[Piece]) -> list[float]:
    """Return for each piece the probability that it is part of an identifier."""
    from edscribe_pipelines.deidentify.adapted_minilm import Adapter, shares_of

    adapter = Adapter("edscribe_pipelines.deidentify.checking.judging", "judge_adapter.safetensors", TRAITS, 2)
    (shares,) = shares_of(adapter, [words_of(pieces)])
    return [chance for _, chance in shares]


def words_of(pieces: Sequence[Piece]) -> list[tuple[str, tuple[int, ...]]]:
    """Return each piece with its traits, and the empty word for what is removed."""
    words = []
    end = -1
    for piece in pieces:
        traits = () if piece.is_tag else _traits(piece)
        words.append(("" if piece.is_tag else piece.text, (*traits, _GLUED) if piece.start == end else traits))
        end = piece.end
    return words


def _traits(piece: Piece) -> tuple[int, ...]:
    if not piece.text[0].isdigit():
        return (_SHAPE.get(piece.shape, 0),)
    runs = sum(letter.isdigit() for letter in piece.shape)
    digits = sum(letter.isdigit() for letter in piece.text)
    return _SHAPE[min(digits, _LONGEST_NUMBER)], _FIRST_RUN + min(runs, _MOST_RUNS) - 1
