"""Hospitals, employers, streets, cities, e-mail and web addresses, with the shorter ways to write them."""

from __future__ import annotations

import re
from functools import cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.known.forms import Forms, Need
from edscribe_pipelines.deidentify.finding.known.kinds import institution_words
from edscribe_pipelines.deidentify.finding.known.numbers import number_forms
from edscribe_pipelines.deidentify.finding.known.reading import split_words
from edscribe_pipelines.deidentify.finding.known.vocabulary import is_english
from edscribe_pipelines.deidentify.finding.known.word_lists import known_words
from edscribe_pipelines.deidentify.tables import word_list

_DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest",
               "se": "southeast", "sw": "southwest"}  # fmt: skip
_ZIP_AT_END = re.compile(r"\b\d{5}(?:-\d{4})?$")


def institution_forms(value: str, span_type: str) -> Forms:
    """Return a hospital or employer whole, without its generic words, and as an acronym."""
    forms, words = Forms(), split_words(value)
    core = _without_ends(words, institution_words() | known_words("small_word"))
    distinctive = _without_ends(core, known_words("common_in_institution"))
    if len(words) > 1 or distinctive:
        needs_capital = not distinctive or (len(words) == 1 and is_ordinary(words[0]))
        forms.add_words(words, span_type, Need.CAPITAL if needs_capital else Need.NOTHING)
    for name in (core, distinctive):
        bare = [word for word in name if word != "s"]
        if len(bare) > 1 or (bare and name == distinctive and _is_distinctive(bare[0])):
            for spelt in _saints(name):
                forms.add_words(spelt, span_type, Need.CAPITAL)
    acronym = "".join(word[0] for word in words if word != "s" and word not in known_words("small_word"))
    if (
        len(acronym) >= 3
        and acronym not in known_words("clinical_acronym")
        and acronym.upper() not in word_list("not_name")
    ):
        forms.add_words([acronym], span_type, Need.UPPER)
    return forms


def _without_ends(words: list[str], generic: frozenset[str]) -> list[str]:
    while words and words[-1] in generic:
        words = words[:-1]
    while words and words[0] in generic:
        words = words[1:]
    return words


def _is_distinctive(word: str) -> bool:
    return len(word) > 3 and not is_ordinary(word) and word not in _regions()


def _saints(words: list[str]) -> list[list[str]]:
    """Return "St Mary's" also as "Saint Mary's", and either without its s."""
    ways = [words]
    if words[0] in ("st", "saint"):
        ways = [[saint, *words[1:]] for saint in ("st", "saint")]
    return ways + [way[:-1] for way in ways if way[-1] == "s"]


@cache
def _regions() -> frozenset[str]:
    return frozenset(" ".join(split_words(place)) for name in ("state", "country") for place in word_list(name))


def city_forms(value: str) -> Forms:
    forms, words = Forms(), split_words(value.split(",")[0])
    if len("".join(words)) > 2 and words not in (["unknown"], ["none"]):
        forms.add_words(words, "CITY", Need.NAME if len(words) == 1 and is_ordinary(words[0]) else Need.NOTHING)
    return forms


def address_forms(value: str) -> Forms:
    """Return the street of an address, its city and its ZIP code; commas part them."""
    forms = Forms()
    for place, segment in enumerate(re.split(r"[,;\n]+", value)):
        zip_code = _ZIP_AT_END.search(segment) if place else None
        if zip_code is not None:
            forms.update(number_forms(zip_code[0], "ZIP"))
            segment = segment[: zip_code.start()]
        words = split_words(segment)
        if any(word.isdigit() for word in words) or place == 0:
            _add_street(forms, words)
        elif " ".join(words) not in _regions() and len("".join(words)) > 2:
            forms.update(city_forms(segment))
    return forms


def _add_street(forms: Forms, words: list[str]) -> None:
    if len("".join(words)) < 3 or (len(words) == 1 and words[0].isdigit()):
        return
    forms.add_words(words, "ADDRESS", _need_of_place(words))
    end = next((i for i, word in enumerate(words) if i and word in known_words("part_of_house")), len(words))
    street = words[1:end] if words[0].isdigit() else words[:end]
    name = street[:-1] if len(street) > 1 and street[-1] in street_suffixes() else street
    for spelt in _directed(name):
        if len("".join(spelt)) > 2 and not spelt[0].isdigit():
            forms.add_words(spelt, "ADDRESS", Need.SUFFIX)
        if words[0].isdigit() and spelt:
            is_plain = len(spelt) == 1 and is_english(spelt[0])
            forms.add_words([words[0], *spelt], "ADDRESS", Need.CAPITAL if is_plain else Need.NOTHING)


def _directed(name: list[str]) -> list[list[str]]:
    """Return a street's name with its direction in full, short and left out."""
    whole = _DIRECTIONS | {full: short for short, full in _DIRECTIONS.items()}
    if len(name) < 2 or name[0] not in whole:
        return [name]
    return [name, [whole[name[0]], *name[1:]], name[1:]]


def _need_of_place(words: list[str]) -> Need:
    return Need.NAME if len(words) == 1 and is_ordinary(words[0]) else Need.NOTHING


@cache
def street_suffixes() -> frozenset[str]:
    return frozenset(suffix.casefold() for suffix in word_list("street_suffix"))


def mail_forms(value: str) -> Forms:
    """Return an e-mail address whole, and the part before the @ where it is no common word."""
    forms, words = Forms(), split_words(value)
    local = split_words(value.split("@")[0].split("+")[0])
    joined = "".join(local)
    forms.add_words(words, "EMAIL", Need.NOTHING)
    is_common = len(local) == 1 and (is_english(joined) or joined in known_words("shared_mailbox"))
    if (
        len(joined) >= 5
        and not joined.isdigit()
        and not is_common
        and not known_words("shared_mailbox").issuperset(local)
    ):
        forms.add_words(local, "EMAIL", Need.NOTHING)
    return forms


def web_forms(value: str) -> Forms:
    forms, words = Forms(), split_words(value)
    bare = [word for i, word in enumerate(words) if i > 1 or word not in ("http", "https", "www")]
    for way, fewest in ((words, 3), (bare, 6)):
        if len("".join(way)) >= fewest:
            forms.add_words(way, "URL", Need.NOTHING)
    return forms
