"""Trains the adapter with which MiniLM reads identifiers beside the CRF, as the package ships it.

    python -m phi_reader.train_network --mts DIR --out FILE.safetensors

DIR as for `phi_reader.train`, and the same carriers. Seeded, see `phi_reader.adapting`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from edscribe_pipelines.deidentify.adapted_minilm import AdaptedMiniLM
from edscribe_pipelines.deidentify.finding.learned.kinds import TYPES
from edscribe_pipelines.deidentify.finding.learned.network import CLASSES, TRAITS, words_of
from edscribe_pipelines.deidentify.finding.learned.tokens import tokens_of
from phi_reader.adapting import FORGOTTEN, NOT_ASKED, Lesson, adapt, examples, lessons_of
from phi_reader.marked import Part, read_notes
from phi_reader.train import Examples, run

SEED = 2026
EPOCHS = 4
_CLASS = {name: place for place, name in enumerate(CLASSES)}


def lay(carriers: Sequence[str], marked: Sequence[list[Part]], chance: random.Random) -> Examples:
    return examples(EPOCHS, carriers, marked, [note.text for note in read_notes("free")], chance)


def train(laid_out: Examples, out: Path) -> None:
    chance = random.Random(SEED)
    lessons = [lesson for parts in laid_out for lesson in lessons_in(parts, chance)]
    adapt(lessons, AdaptedMiniLM(TRAITS, len(CLASSES)), SEED, out)


def lessons_in(parts: Sequence[Part], chance: random.Random) -> Iterator[Lesson]:
    """Yield the lessons of a note. A line end is asked for within an identifier alone."""
    tokens = tokens_of("".join(text for text, _ in parts))
    ends = list(accumulate(len(text) for text, _ in parts))
    part = 0
    classes = []
    for token in tokens:
        while ends[part] <= token.start:
            part += 1
        kind = TYPES.get(parts[part][1] or "")
        classes.append(_CLASS[kind] if kind else NOT_ASKED if token.text == "\n" else 0)
    words = [(word, traits[:1] if chance.random() < FORGOTTEN else traits) for word, traits in words_of(tokens)]
    yield from lessons_of(words, classes)


def main() -> None:
    run(__doc__, half=0, seed=SEED, make=train, lay=lay)


if __name__ == "__main__":
    main()
