"""Amounts, the words for their units and packs, and what stands behind these: rows of `tables/dose_words.csv`.

The strength of a product ("4mg/1mL VIAL", "500 mg tablet"), a concentration and a unit of blood are no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.numbers import dose_words, pattern_of
from edscribe_pipelines.tables import table_cache

UNREADABLE = "unreadable"


class Amount(NamedTuple):
    """text[start:end]; `low` is the lower end of a range, `per` as in "kg/min"; `is_shared` where one unit is that of
    several amounts. One that is seen and cannot be read has no number and the unit `UNREADABLE`."""

    amount: float
    low: float | None
    unit: str
    per: str | None
    start: int
    end: int
    is_shared: bool = False


def unreadable(start: int, end: int) -> Amount:
    return Amount(0, None, UNREADABLE, None, start, end)


class BehindUnit(NamedTuple):
    """What may stand behind a unit: what it is per, what makes it no dose, a product that it is the strength of."""

    per: re.Pattern[str]
    no_dose: re.Pattern[str]
    product: re.Pattern[str]

    def per_at(self, text: str, place: int) -> tuple[str | None, int]:
        """Return what an amount is per whose unit ends at `place`, and where that ends."""
        said = self.per.match(text, place)
        if said is None:
            return None, place
        return "/".join(_pers()[word.casefold()] for word in said.groups() if word), said.end()


@table_cache
def behind_unit() -> BehindUnit:
    """Return the patterns, made of the table."""
    per = "|".join(sorted(_pers(), key=len, reverse=True))
    blood, product, strength = (pattern_of(kind) for kind in ("blood", "product", "strength"))
    products = rf"[ \t-]?(?:{product})(?:let|sule)?s?\b"
    return BehindUnit(
        per=re.compile(
            rf"[ \t]*(?:/|per[ \t]|an?[ \t](?=h|min))[ \t]*({per})s?\b(?:[ \t]*(?:/|per[ \t])[ \t]*({per})s?\b)?", re.I
        ),
        no_dose=re.compile(rf"[ \t]*/[ \t]*(?:{strength})|[ \t]+(?:of[ \t]+)?(?:{blood})\b|{products}", re.I),
        product=re.compile(products, re.I),
    )


@table_cache
def units() -> dict[str, str]:
    """Return the name of the unit or the pack by each word for it."""
    return {
        word.casefold(): name
        for kind in ("unit", "pack")
        for name, words in dose_words(kind)
        for word in words.split(";")
    }


@table_cache
def pack_names() -> frozenset[str]:
    """Return the names of the packs that count as units."""
    return frozenset(name for name, _ in dose_words("pack"))


def unit_named(word: str) -> str:
    """Return the unit of the table that a word for it means."""
    return units()[word.casefold()]


def units_pattern() -> str:
    """Return the alternatives of `re` for all words for units, the longest first."""
    words = (word for word, name in units().items() if name not in pack_names())
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def misspelt_units() -> Iterator[str]:
    """Yield the words for units with one letter doubled, none that is itself a unit."""
    for word, name in units().items():
        if name not in pack_names() and word.isascii():
            doubled = {word[: place + 1] + word[place:] for place in range(len(word))}
            yield from doubled - units().keys()


@table_cache
def _pers() -> dict[str, str]:
    return {word: name for name, words in dose_words("per") for word in words.split(";")}
