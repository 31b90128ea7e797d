"""Names and cities that a list knows. Such a list proves nothing alone: half of English is a surname.

Names: US Census of 1990, as the package `names` ships them. Cities: the package `zipcodes`.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.tables import word_list

_COMMON = 4_000
"""Surnames this frequent are borne by 60 % of the people of the census."""


def is_given_name(word: str) -> bool:
    return fold(word) in _given_names()


def is_surname(word: str) -> bool:
    folded = fold(word)
    parts = folded.replace("’", "'").replace("'", "").split("-")
    return any(part in _surnames() for part in (folded, *parts))


def is_common_surname(word: str) -> bool:
    """Whether `word` is among the most frequent surnames."""
    return fold(word) in _common_surnames()


def is_ordinary(word: str) -> bool:
    """Whether a name is also a word that any note may open with: Small, May, Grace."""
    return fold(word) in word_list("ordinary_word")


def is_city(phrase: str) -> bool:
    return fold(phrase) in _cities()


@cache
def _given_names() -> frozenset[str]:
    return _census("dist.female.first") | _census("dist.male.first")


@cache
def _surnames() -> frozenset[str]:
    return _census("dist.all.last")


@cache
def _common_surnames() -> frozenset[str]:
    return frozenset(_ranked("dist.all.last")[:_COMMON])


def _census(table: str) -> frozenset[str]:
    return frozenset(_ranked(table))


def _ranked(table: str) -> list[str]:
    """Return the names of a table of the census, the most frequent first."""
    lines = resources.files("names").joinpath(table).read_text(encoding="ascii").splitlines()
    return [line.split(maxsplit=1)[0].lower() for line in lines if line]


@cache
def _cities() -> frozenset[str]:
    import zipcodes

    return frozenset(place["city"].casefold() for place in zipcodes.list_all())
