"""Trains the model that reads identifiers by form and context, as the package packs it.

    python -m phi_reader.train --mts DIR --out FILE

DIR holds `MTS-Dialog-TrainingSet.csv` of https://github.com/abachaa/MTS-Dialog (CC BY 4.0). Identifiers are planted
into its sections and into notes of `section_reader/notes/train.jsonl`; those of `notes/train.jsonl` are exchanged for
others; the notes of `notes/free.jsonl` hold none. Seeded: the same input gives the same model.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pycrfsuite

from edscribe_pipelines.deidentify.finding.learned.kinds import NOTHING, TYPES
from edscribe_pipelines.deidentify.finding.learned.sights import sights_of
from edscribe_pipelines.deidentify.finding.learned.tokens import Token, tokens_of
from edscribe_pipelines.deidentify.remover import Remover
from phi_reader.marked import Part, identifiers, read_notes
from phi_reader.planting import exchanged, planted, shaken
from phi_reader.values import Values
from section_reader import marked as sections

Examples = Iterator[list[Part]]
Lay = Callable[[Sequence[str], Sequence[list[Part]], random.Random], Examples]

SEED = 2026
COPIES, FREE = 3, 3
"""Of each marked note, with other identifiers, beside the note itself; of each note that holds none, laid out anew."""
PLANTED = 1_000
PARAMETERS = {"c1": 0.5, "c2": 0.005, "max_iterations": 120, "feature.minfreq": 3, "feature.possible_transitions": True}


def examples(carriers: Sequence[str], marked: Sequence[list[Part]], chance: random.Random) -> Iterator[list[Part]]:
    values = Values(chance)
    for note in read_notes("free"):
        yield from (shaken(note.text, chance) for _ in range(FREE))
    for parts in marked:
        yield parts
        yield from (exchanged(parts, values, chance) for _ in range(COPIES))
    for number in range(PLANTED):
        yield planted(carriers[number % len(carriers)], values, chance)


def tags_of(tokens: Sequence[Token], parts: Sequence[Part]) -> list[str]:
    """Return B-TYPE for the first token of an identifier, I-TYPE for its others, NOTHING for the rest."""
    borders, end = [], 0
    for text, category in parts:
        borders.append((end, end + len(text), TYPES.get(category or "", "")))
        end += len(text)
    tags: list[str] = []
    place, before = 0, -1
    for token in tokens:
        while borders[place][1] <= token.start:
            place += 1
        start, _, kind = borders[place]
        tags.append((("B-" if before < start else "I-") + kind) if kind else NOTHING)
        before = token.start
    return tags


def train(laid_out: Examples, out: Path) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    for parts in laid_out:
        tokens = tokens_of("".join(text for text, _ in parts))
        if tokens:
            trainer.append(sights_of(tokens), tags_of(tokens, parts))
    trainer.train(str(out))


def carriers_of(mts: Path, half: int) -> list[str]:
    """Return one half (0 or 1) of the texts that hold no identifiers: the gate's model reads the other."""
    ours = [sections.text_of(sections.parts_of(note["text"])) for note in sections.read_notes("train")]
    with (mts / "MTS-Dialog-TrainingSet.csv").open(newline="", encoding="utf-8") as stream:
        theirs = [row["section_text"] for row in csv.DictReader(stream) if len(row["section_text"]) > 300]
    return [_without_found(text) for text in ours[half::2] + theirs[half::2]]


def _without_found(text: str) -> str:
    """Return `text` without the lines on which the rules find an identifier: a banner may hold one."""
    return "".join(line for line in text.splitlines(keepends=True) if not _remover().remove(line).spans)


@cache
def _remover() -> Remover:
    return Remover(is_learned=False)


def run(about: str | None, half: int, seed: int, make: Callable[[Examples, Path], None], lay: Lay) -> None:
    """Read the command line, lay the notes out by `lay` and have `make` train on them."""
    arguments = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--mts", type=Path, required=True, help="folder of MTS-Dialog's training set")
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    chance = random.Random(seed)
    carriers = carriers_of(given.mts, half)
    chance.shuffle(carriers)
    marked = [identifiers(note.parts) for note in read_notes("train")]
    make(lay(carriers, marked, chance), given.out)
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.2f} MB, of {len(marked)} marked notes")


def main() -> None:
    run(__doc__, half=0, seed=SEED, make=train, lay=examples)


if __name__ == "__main__":
    main()
