"""What the judge sees of a piece: its letters in runs of three, its shape, and its neighbours. No list.

A change wants a new model (`phi_reader/train_judge.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from edscribe_pipelines.deidentify.checking.judging.pieces import Piece

_AROUND = (-3, -2, -1, 1, 2, 3)


def sights_of(pieces: Sequence[Piece]) -> list[list[str]]:
    told = []
    seen = [(_word(piece), piece.shape) for piece in pieces]
    for place, piece in enumerate(pieces):
        sights = list(_own(piece.text, piece.shape))
        for step in _AROUND:
            other = place + step
            word, shape = seen[other] if 0 <= other < len(seen) else ("none", "none")
            sights += [f"{step}w={word}", f"{step}h={shape}"]
        before = seen[place - 1] if place else ("none", "none")
        after = seen[place + 1] if place + 1 < len(seen) else ("none", "none")
        sights += [
            f"hh={before[1]}|{piece.shape}|{after[1]}",
            f"bw={before[0]}|{piece.shape}",
            f"wa={piece.shape}|{after[0]}",
        ]
        told.append(sights)
    return told


@lru_cache(maxsize=65_536)
def _own(text: str, shape: str) -> tuple[str, ...]:
    sights = [f"h={shape}", f"n={min(len(text), 14)}"]
    if text[0].isalpha():
        edged = f"^{text.lower()}$"
        sights += [f"w={text.lower()}", *{f"c={edged[i : i + 3]}" for i in range(len(edged) - 2)}]
        sights += [f"a={edged[:5]}", f"z={edged[-5:]}"]
    elif text[0].isdigit():
        digits = sum(letter.isdigit() for letter in text)
        sights += [f"d={digits}", f"hd={shape}|{digits}", f"first={text[:2]}"]
    return tuple(sights)


def _word(piece: Piece) -> str:
    return piece.shape if piece.is_tag or piece.text[0].isdigit() else piece.text.lower()
