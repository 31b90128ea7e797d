"""Trains the adapter with which MiniLM judges beside the gate's CRF, as the package ships it.

    python -m phi_reader.train_judge_network --mts DIR --out FILE.safetensors

DIR as for `phi_reader.train`. It reads the other half of the carriers, and most identifiers are hidden, as the remover
leaves them. Seeded, see `phi_reader.adapting`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from edscribe_pipelines.deidentify.adapted_minilm import AdaptedMiniLM
from edscribe_pipelines.deidentify.checking.judging.judge import IDENTIFIER
from edscribe_pipelines.deidentify.checking.judging.network import TRAITS, words_of
from edscribe_pipelines.deidentify.checking.judging.pieces import pieces_of
from phi_reader.adapting import Lesson, adapt, examples, lessons_of
from phi_reader.marked import Part, read_notes
from phi_reader.train import Examples, run
from phi_reader.train_judge import masked, tags_of

SEED = 7919
EPOCHS = 2


def lay(carriers: Sequence[str], marked: Sequence[list[Part]], chance: random.Random) -> Examples:
    free = [note.text for note in read_notes("free")]
    return (masked(parts, chance) for parts in examples(EPOCHS, carriers, marked, free, chance))


def train(laid_out: Examples, out: Path) -> None:
    lessons = [lesson for parts in laid_out for lesson in lessons_in(parts)]
    adapt(lessons, AdaptedMiniLM(TRAITS, 2), SEED, out)


def lessons_in(parts: Sequence[Part]) -> Iterator[Lesson]:
    pieces = pieces_of("".join(text for text, _ in parts))
    yield from lessons_of(words_of(pieces), [int(tag == IDENTIFIER) for tag in tags_of(pieces, parts)])


def main() -> None:
    run(__doc__, half=1, seed=SEED, make=train, lay=lay)


if __name__ == "__main__":
    main()
