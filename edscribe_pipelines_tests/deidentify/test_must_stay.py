"""What only looks like an identifier and must stay: how often it goes, by rules alone and with the learned reader.

Two sets: the clinical phrases of the benchmark (eponyms, devices, brands, scores, doses), each as a sentence of its own
in a note without identifiers, and what the authors of `held` marked as KEEP. The bars are those that hold today.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from edscribe_pipelines.deidentify.checking.claim import upper_bound
from edscribe_pipelines.deidentify.remover import Note, Remover
from phi_reader.marked import KEEP, read_notes

PHRASES = Path(__file__).parents[2] / "benchmarks" / "deid_notes"
TEMPLATES = ("held_out", "development_1", "development_2", "typical")
SEED, CHARACTERS, A_NOTE = 20_260_302, 480, 8
BORDER = re.compile(r"(?<=[a-z]\. )(?=[A-Z])|(?<=\n)(?=\w)")
LOOK_ALIKE = re.compile(r"<<([^<>{}]+)>>")


class MustStay(NamedTuple):
    text: str
    stretches: tuple[tuple[int, int], ...]


def phrases() -> list[str]:
    """Return the list of the benchmark, and what its templates mark to stay."""
    listed = (PHRASES / "clinical_phrases.txt").read_text(encoding="utf-8").splitlines()
    templates = [(PHRASES / "templates" / f"{name}.txt").read_text(encoding="utf-8") for name in TEMPLATES]
    marked = [phrase for template in templates for phrase in LOOK_ALIKE.findall(template)]
    return sorted({*listed, *marked})


def phrases_in_notes() -> Iterator[MustStay]:
    """Yield notes without identifiers, each with some phrases as sentences in it."""
    chance = random.Random(SEED)
    notes = [note.text for note in read_notes("free_held")]
    every = phrases()
    for first in range(0, len(every), A_NOTE):
        note = chance.choice(notes)
        start = chance.randrange(max(1, len(note) - CHARACTERS))
        yield with_phrases(note[start : start + CHARACTERS], every[first : first + A_NOTE], chance)


def with_phrases(note: str, some: list[str], chance: random.Random) -> MustStay:
    borders = [match.start() for match in BORDER.finditer(note)] or [0]
    text, stretches, done = "", [], 0
    for phrase, place in zip(some, sorted(chance.choice(borders) for _ in some), strict=True):
        text += note[done:place]
        stretches.append((len(text), len(text) + len(phrase)))
        text, done = f"{text}{phrase}. ", place
    return MustStay(text + note[done:], tuple(stretches))


def marked_in_notes() -> Iterator[MustStay]:
    for note in read_notes("held"):
        yield MustStay(note.text, tuple((start, end) for start, end, category in note.spans() if category == KEEP))


def lost(some: list[MustStay], remover: Remover) -> int:
    removed = remover.remove_all([Note(each.text) for each in some])
    return sum(
        any(span.start < end and start < span.end for span in clean.spans)
        for each, clean in zip(some, removed, strict=True)
        for start, end in each.stretches
    )


@pytest.mark.parametrize(
    ("must_stay", "most_by_rules", "most_with_model"),
    [(phrases_in_notes, 0.015, 0.035), (marked_in_notes, 0.16, 0.12)],
    ids=["phrases", "marked"],
)
def test_what_must_stay_mostly_stays(
    must_stay: Callable[[], Iterator[MustStay]],
    most_by_rules: float,
    most_with_model: float,
    remover: Remover,
    whole_remover: Remover,
    capsys: pytest.CaptureFixture[str],
) -> None:
    some = list(must_stay())
    count = sum(len(each.stretches) for each in some)
    by_rules, with_model = lost(some, remover), lost(some, whole_remover)
    with capsys.disabled():
        for who, number in (("rules alone", by_rules), ("with the learned reader", with_model)):
            bound = upper_bound(number, count)
            print(f"\n{who}: {number} of {count} go, {number / count:.3f}; at most {bound:.3f} at 95 %", end=" ")
    assert by_rules <= most_by_rules * count
    assert with_model <= most_with_model * count
