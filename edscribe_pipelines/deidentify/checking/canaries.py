"""Invented identifiers that each run plants to see whether the remover still catches them.

`tables/canaries.csv` holds sentences and the make of the value in them: `#` is a digit, `?` a letter,
`<surname>` and its like an invented word. The words are made of syllables and not taken from a list of
names, so a canary is caught by what stands around it, as a stranger's name must be.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from edscribe_pipelines.clinical.tables import read_table
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.deidentify.tables import FOLDER

_PART = re.compile(r"<(\w+)>|[#?]")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_OPENINGS = ("Var", "Lom", "Tes", "Krel", "Dun", "Pov", "Zam", "Hest", "Brin", "Yol")
_MIDDLES = ("a", "e", "i", "o", "u", "and", "el", "ov", "ir")
_SURNAME_ENDS = ("mik", "sson", "dahl", "tova", "kins", "quist", "renko", "bury")
_GIVEN_ENDS = ("la", "rin", "sa", "vek", "na", "dor", "mi")
_MONTHS = ("January", "March", "June", "July", "August", "October", "Nov", "Dec")


@dataclass(frozen=True)
class CanaryReport:
    """How many canaries were planted, and the Safe Harbor category of each that survived."""

    planted: int
    survivors: list[str]


@dataclass(frozen=True)
class _Canary:
    category: str
    start: int
    end: int


def check_canaries(remover: Remover, seed: int) -> CanaryReport:
    """Plant one canary for every row of the table in an invented note and report which the remover left.

    One survives if any letter or digit of it does.
    """
    note, canaries = _plant(random.Random(seed))
    spans = remover.remove(note).spans
    return CanaryReport(len(canaries), [canary.category for canary in canaries if _survives(canary, note, spans)])


def _plant(chance: random.Random) -> tuple[str, list[_Canary]]:
    rows = read_table("canaries.csv", FOLDER)
    chance.shuffle(rows)
    note, canaries = "", []
    for row in rows:
        value = _invent(row["value"], chance)
        start = len(note) + row["sentence"].index("{}")
        canaries.append(_Canary(row["category"], start, start + len(value)))
        note += row["sentence"].replace("{}", value) + "\n"
    return note, canaries


def _survives(canary: _Canary, note: str, spans: tuple[Span, ...]) -> bool:
    return any(
        note[place].isalnum() and not any(span.start <= place < span.end for span in spans)
        for place in range(canary.start, canary.end)
    )


def _invent(make: str, chance: random.Random) -> str:
    return _PART.sub(lambda part: _invented_part(part, chance), make)


def _invented_part(part: re.Match[str], chance: random.Random) -> str:
    if part[1]:
        return _words()[part[1]](chance)
    if part[0] == "#":
        return str(chance.randrange(10))
    return chance.choice(_LETTERS)


@cache
def _words() -> dict[str, Callable[[random.Random], str]]:
    return {
        "surname": lambda chance: _joined(chance, _SURNAME_ENDS),
        "given": lambda chance: _joined(chance, _GIVEN_ENDS),
        "login": lambda chance: _joined(chance, _GIVEN_ENDS).lower(),
        "month": lambda chance: chance.choice(_MONTHS),
        "month_number": lambda chance: str(chance.randint(1, 12)),
    }


def _joined(chance: random.Random, ends: tuple[str, ...]) -> str:
    return chance.choice(_OPENINGS) + chance.choice(_MIDDLES) + chance.choice(ends)
