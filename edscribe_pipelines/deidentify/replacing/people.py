"""Invented names for persons, of the same kind and length class, in the case of what they replace.

The names are `tables/surrogate_names.csv`: no eponym, no drug and no word of English is among them, so that a
fake never reads as a finding.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import regex

from edscribe_pipelines.deidentify.replacing.draws import Draw
from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table

NAME_PART = regex.compile(r"(?<![\p{L}\p{M}]['’])[\p{L}\p{M}\d]+(?:['’](?![sS]\b)[\p{L}\p{M}\d]+)*")
"""A given name or surname: "O'Neil" is one, "Voss-Lee" two, the "s" of "Voss's" none."""

INITIALS = regex.compile(r"\p{Lu}(?:[. ]*\p{Lu}){1,2}\.?")
"""What may be a name's first letters alone: "KM", "J.R.W."."""

NO_NAME = frozenset({"Dr", "Mr", "Mrs", "Ms", "Jr", "Sr", "II", "III", "IV", "MD", "RN", "NP"})
"""What stands beside names and stays."""

PARTICLES = ("van", "von", "de", "del", "della", "di", "da", "du", "dos", "der", "den", "la", "le", "el", "al", "bin")

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COMMON_LETTERS = "ABCDEFGHJKLMNPRSTVW"
_RARE_LETTERS = frozenset("JKQWXYZ")
"""Initials hold one of these: hardly any abbreviation of medicine does."""

_LONG = 7
_OTHER_LENGTH_AFTER, _OTHER_LETTER_AFTER = 8, 24
"""So many names are tried before a name may be of another length, or begin with another letter."""


def fake_name(name: str, letter: str, draw: Draw, attempt: int) -> str:
    """Return a name, capitalised, that begins with `letter` and has the kind and length class of folded `name`."""
    if attempt >= _OTHER_LETTER_AFTER or not letter:
        letter = draw.one_of(_COMMON_LETTERS)
    kind, is_long = _kinds().get(name, "surname"), len(name) >= _LONG
    names = _names()[kind, letter, is_long]
    if attempt >= _OTHER_LENGTH_AFTER:
        names = names + _names()[kind, letter, not is_long]
    return draw.one_of(names)


def fake_initials(initials: str, draw: Draw) -> str:
    """Return other capitals in the places of `initials`, none that abbreviate something clinical."""
    while True:
        fake = "".join(draw.one_of(_LETTERS) if letter.isalpha() else letter for letter in initials)
        letters = "".join(letter for letter in fake if letter.isalpha())
        if _RARE_LETTERS & set(letters) and letters not in _abbreviations():
            return fake


def is_short_name(name: str) -> bool:
    """Whether three folded letters are somebody's name rather than initials."""
    return len(name) == 3 and (name in _kinds() or name in _short_surnames())


def fake_letter(letter: str, draw: Draw) -> str:
    """Return another capital, one that names of every kind begin with; "" for what is no letter A to Z."""
    return draw.one_of(_COMMON_LETTERS.replace(letter, "")) if letter and letter in _LETTERS else ""


def in_case_of(original: str, fake: str) -> str:
    if original.isupper() and len(original) > 1:
        return fake.upper()
    return fake.lower() if original.islower() else fake


@cache
def _names() -> dict[tuple[str, str, bool], tuple[str, ...]]:
    pools: dict[tuple[str, str, bool], tuple[str, ...]] = {}
    for row in read_table("surrogate_names.csv", FOLDER):
        pool = row["kind"], row["name"][0], len(row["name"]) >= _LONG
        pools[pool] = (*pools.get(pool, ()), row["name"])
    return pools


@cache
def _kinds() -> dict[str, str]:
    """Return of every given name what it mostly is by the census of 1990: "female", "male" or a "surname"."""
    shares: dict[str, dict[str, float]] = {}
    for kind in ("female", "male"):
        for name, share in _census(f"dist.{kind}.first"):
            shares.setdefault(name, {})[kind] = share
    for name, share in _census("dist.all.last"):
        if name in shares:
            shares[name]["surname"] = share
    return {name: max(share, key=share.__getitem__) for name, share in shares.items()}


@cache
def _short_surnames() -> frozenset[str]:
    return frozenset(name for name, _ in _census("dist.all.last") if len(name) == 3)


def _census(table: str) -> list[tuple[str, float]]:
    lines = resources.files("names").joinpath(table).read_text(encoding="ascii").splitlines()
    columns = (line.split() for line in lines if line)
    return [(name.lower(), float(share)) for name, share, *_ in columns]


@cache
def _abbreviations() -> frozenset[str]:
    lists = ("not_name", "credential", "state_abbr", "service", "hospital_acronym", "us_unit", "brand_drug")
    return frozenset(word.upper() for name in lists for word in word_list(name))
