"""Values that belong to nobody, after a make: `#` is a digit, `?` a letter, `<surname>` and its like a word.

The words are made of syllables and not taken from a list of names, so a canary is caught by what stands
around it, as a stranger's name must be.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_PART = re.compile(r"<(\w+)>|[#?]")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_OPENINGS = ("Var", "Lom", "Tes", "Krel", "Dun", "Pov", "Zam", "Hest", "Brin", "Yol")
_MIDDLES = ("a", "e", "i", "o", "u", "and", "el", "ov", "ir")
_SURNAME_ENDS = ("mik", "sson", "dahl", "tova", "kins", "quist", "renko", "bury")
_GIVEN_ENDS = ("la", "rin", "sa", "vek", "na", "dor", "mi")
_MONTHS = ("January", "March", "June", "July", "August", "October", "Nov", "Dec")


def invent(makes: str, chance: random.Random) -> str:
    """Return a value after one of `makes`, which `|` parts."""
    return _PART.sub(lambda part: _invented_part(part, chance), chance.choice(makes.split("|")))


def _invented_part(part: re.Match[str], chance: random.Random) -> str:
    if part[1]:
        return _WORDS[part[1]](chance)
    if part[0] == "#":
        return str(chance.randrange(10))
    return chance.choice(_LETTERS)


def _joined(chance: random.Random, ends: tuple[str, ...]) -> str:
    return chance.choice(_OPENINGS) + chance.choice(_MIDDLES) + chance.choice(ends)


_WORDS: dict[str, Callable[[random.Random], str]] = {
    "surname": lambda chance: _joined(chance, _SURNAME_ENDS),
    "given": lambda chance: _joined(chance, _GIVEN_ENDS),
    "login": lambda chance: _joined(chance, _GIVEN_ENDS).lower(),
    "month": lambda chance: chance.choice(_MONTHS),
    "month_number": lambda chance: str(chance.randint(1, 12)),
    "digit": lambda chance: str(chance.randint(1, 9)),
}
