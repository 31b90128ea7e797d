"""Trains the model with which the gate judges what is about to leave, as the package packs it.

    python -m phi_reader.train_judge --mts DIR --out FILE

DIR as for `phi_reader.train`. It reads the other half of the carriers, and most identifiers are masked by tags, as the
remover leaves them. Seeded.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pycrfsuite

from edscribe_pipelines.deidentify.checking.judging.judge import IDENTIFIER, NOTHING
from edscribe_pipelines.deidentify.checking.judging.pieces import Piece, pieces_of
from edscribe_pipelines.deidentify.checking.judging.sights import sights_of
from phi_reader.marked import Part, read_notes
from phi_reader.planting import exchanged, planted, shaken
from phi_reader.train import run
from phi_reader.values import Values

SEED = 7919
COPIES, PLANTED, FREE, SHAKEN = 4, 900, 1_200, 6
MASKED = (0.0, 0.3, 0.7, 0.9)
"""Shares of identifiers that a tag hides, in one note or another."""
TAGS = (
    "[NAME]",
    "[DATE]",
    "[PHONE]",
    "[OTHER_ID]",
    "[HOSPITAL]",
    "[CITY]",
    "[ADDRESS]",
    "[EMPLOYER]",
    "[ROOM]",
    "[MRN]",
    "[]",
)
PARAMETERS = {"c1": 0.5, "c2": 0.005, "max_iterations": 100, "feature.minfreq": 3, "feature.possible_transitions": True}


def examples(carriers: Sequence[str], marked: Sequence[list[Part]], chance: random.Random) -> Iterator[list[Part]]:
    values = Values(chance)
    for parts in marked:
        yield parts
        yield from (masked(exchanged(parts, values, chance), chance) for _ in range(COPIES))
    for number in range(PLANTED):
        yield masked(planted(carriers[number % len(carriers)], values, chance), chance)
    yield from ([(text, None)] for text in chance.sample(carriers, min(FREE, len(carriers))))
    for note in read_notes("free"):
        yield from (shaken(note.text, chance) for _ in range(SHAKEN))


def masked(parts: Sequence[Part], chance: random.Random) -> list[Part]:
    share = chance.choice(MASKED)
    return [(chance.choice(TAGS), None) if kind and chance.random() < share else (text, kind) for text, kind in parts]


def tags_of(pieces: Sequence[Piece], parts: Sequence[Part]) -> list[str]:
    is_identifier = [kind is not None for text, kind in parts for _ in text]
    return [IDENTIFIER if any(is_identifier[piece.start : piece.end]) else NOTHING for piece in pieces]


def train(laid_out: Iterator[list[Part]], out: Path) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    for parts in laid_out:
        pieces = pieces_of("".join(text for text, _ in parts))
        if pieces:
            trainer.append(sights_of(pieces), tags_of(pieces, parts))
    trainer.train(str(out))


def main() -> None:
    run(__doc__, half=1, seed=SEED, make=train, lay=examples)


if __name__ == "__main__":
    main()
