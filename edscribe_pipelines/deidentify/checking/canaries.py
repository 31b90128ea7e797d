"""Invented identifiers that each run plants to see whether the remover still catches them.

Every row of `tables/canaries.csv` stands once in an invented note, and others at random lines of copies of the
run's own notes, for a rule may work alone and fail among neighbours. The copies are never stored.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.invention import invent
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.tables import read_table

_COPIES = 40
_PER_COPY = 5


class Survivor(NamedTuple):
    """Where a canary survived: row of the table, text (0 the invented note, then the copies), characters of it."""

    category: str
    row: int
    text: int
    start: int
    end: int


@dataclass(frozen=True)
class CanaryReport:
    """How many canaries were planted of each category of Safe Harbor, and those that survived."""

    planted_by_category: dict[str, int]
    surviving: list[Survivor]

    @property
    def planted(self) -> int:
        return sum(self.planted_by_category.values())

    @property
    def survivors(self) -> list[str]:
        """Return the category of each canary that survived."""
        return [survivor.category for survivor in self.surviving]


class _Canary(NamedTuple):
    category: str
    row: int
    start: int
    end: int


class _Planted(NamedTuple):
    text: str
    canaries: list[_Canary]


def check_canaries(remover: Remover, seed: int, notes: Sequence[str] = ()) -> CanaryReport:
    """Plant canaries in an invented note and in copies of up to 40 of `notes`, and report which the remover left.

    One survives if any letter or digit of it does.
    """
    chance = random.Random(seed)
    planted = [_plant("", list(range(len(_rows()))), chance), *_planted_copies(notes, chance)]
    removed = remover.remove_all([Note(each.text) for each in planted])
    surviving = [
        Survivor(canary.category, canary.row, number, canary.start, canary.end)
        for number, (each, clean) in enumerate(zip(planted, removed, strict=True))
        for canary in each.canaries
        if _survives(canary, each.text, clean.spans)
    ]
    return CanaryReport(dict(Counter(canary.category for each in planted for canary in each.canaries)), surviving)


@cache
def _rows() -> list[dict[str, str]]:
    return read_table("canaries.csv", FOLDER)


def _planted_copies(notes: Sequence[str], chance: random.Random) -> Iterator[_Planted]:
    """Yield copies that share out the rows of the table, each row as often as the next."""
    originals = chance.sample(notes, min(_COPIES, len(notes)))
    rounds = math.ceil(len(originals) * _PER_COPY / len(_rows()))
    turns = [row for _ in range(rounds) for row in chance.sample(range(len(_rows())), len(_rows()))]
    for number, original in enumerate(originals):
        yield _plant(original, turns[number * _PER_COPY : (number + 1) * _PER_COPY], chance)


def _plant(note: str, rows: list[int], chance: random.Random) -> _Planted:
    chance.shuffle(rows)
    lines: list[str | int] = list(note.splitlines())
    for row in rows:
        lines.insert(chance.randint(0, len(lines)), row)
    text, canaries = "", []
    for line in lines:
        if isinstance(line, int):
            line, canary = _line(line, len(text), chance)
            canaries.append(canary)
        text += line + "\n"
    return _Planted(text, canaries)


def _line(row: int, offset: int, chance: random.Random) -> tuple[str, _Canary]:
    category, sentence = _rows()[row]["category"], _rows()[row]["sentence"]
    value = invent(_rows()[row]["value"], chance)
    start = offset + sentence.index("{}")
    return sentence.replace("{}", value), _Canary(category, row, start, start + len(value))


def _survives(canary: _Canary, text: str, spans: tuple[Span, ...]) -> bool:
    near = [span for span in spans if span.end > canary.start and span.start < canary.end]
    return any(
        text[place].isalnum() and not any(span.start <= place < span.end for span in near)
        for place in range(canary.start, canary.end)
    )
