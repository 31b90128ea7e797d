"""Invented places. What a place is (a hospital, a street, a company) is told by words that stay.

The places are the stems and endings of `tables/surrogate_places.csv`; none is a city of the US.
"""

from __future__ import annotations

from functools import cache

import regex

from edscribe_pipelines.deidentify.finding.words import fold
from edscribe_pipelines.deidentify.replacing.draws import Draw
from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table

ADDRESS_PART = regex.compile(r"[\p{L}\p{M}\d]+(?:['’][\p{L}\p{M}\d]+)*")

_PART_OF_HOUSE = frozenset(
    {"apt", "apartment", "suite", "ste", "unit", "floor", "fl", "bldg", "building", "po", "box", "lot"}
)
_COMPASS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west"})
_KINDS = {"HOSPITAL": "facility", "EMPLOYER": "organization"}


def fake_place(draw: Draw) -> str:
    stems, endings = _place_parts()
    return draw.one_of(stems) + draw.one_of(endings)


def without_kind(value: str, span_type: str) -> str:
    """Return the part of `value` that is a name: "Voss Valley" of "Voss Valley Hospital"."""
    for blank in regex.finditer(r"[ ,]*\s+", value):
        if " ".join(value[blank.end() :].split()).lower() in _kind_words(span_type):
            return value[: blank.start()]
    return value


def stays_in_address(part: str, is_after_name: bool) -> bool:
    """Whether a word of an address tells no place: "Apt", "North", and "Hill" behind a street's name."""
    word = fold(part)
    return word in _PART_OF_HOUSE or word in _COMPASS or (is_after_name and word in _street_words())


@cache
def _kind_words(span_type: str) -> frozenset[str]:
    return frozenset(phrase.lower() for phrase in word_list(_KINDS[span_type])) if span_type in _KINDS else frozenset()


@cache
def _street_words() -> frozenset[str]:
    return frozenset(fold(word) for word in word_list("street_suffix"))


@cache
def _place_parts() -> tuple[list[str], list[str]]:
    rows = read_table("surrogate_places.csv", FOLDER)
    stems = [row["letters"] for row in rows if row["part"] == "stem"]
    return stems, [row["letters"] for row in rows if row["part"] == "ending"]
