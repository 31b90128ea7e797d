"""Words for units, packs and what an amount is per: rows of `tables/dose_words.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.numbers import dose_words
from edscribe_pipelines.tables import table_cache


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


def units_pattern(*kinds: str) -> str:
    """Return the alternatives of `re` for all words of the kinds, units alone if none is named, the longest first."""
    words = (word for kind in kinds or ("unit",) for _, words in dose_words(kind) for word in words.split(";"))
    return "|".join(map(re.escape, sorted((word.casefold() for word in words), key=len, reverse=True)))


def misspelt_units() -> Iterator[str]:
    """Yield the words for units with one letter doubled, none that is itself a unit."""
    for word, name in units().items():
        if name not in pack_names() and word.isascii():
            doubled = {word[: place + 1] + word[place:] for place in range(len(word))}
            yield from doubled - units().keys()


@table_cache
def pers() -> dict[str, str]:
    """Return the name of what an amount is per by each word for it."""
    return {word: name for name, words in dose_words("per") for word in words.split(";")}
