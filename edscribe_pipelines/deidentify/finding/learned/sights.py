"""What can be seen of a token: its letters, its shape, the lists that hold it, and the tokens around it.

The model learns what each sight tells; so the wording of a sight is part of it, and a change wants a new model
(`phi_reader/train.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_city, is_common_surname, is_given_name, is_surname
from edscribe_pipelines.deidentify.finding.learned.tokens import Token
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.tables import word_list

LISTS = (
    *("given", "common", "surname", "city", "word"),
    *("title", "credential", "role", "kin", "month", "weekday", "state", "state_abbr", "country", "street_suffix"),
    *("facility", "hospital_acronym", "eponym_head", "eponym_noun", "scored_eponym", "brand_drug", "clinical_acronym"),
    *("not_name", "unit_of_value", "measured_quantity", "holiday", "organization", "service", "function_word"),
    *("verb_of_person", "two_letter_abbreviation"),
)
"""What `lists_of` may tell of a word: five are lists of their own, the others of `word_lists.csv`."""
_OF_WORDS = LISTS[5:]
_AROUND = (-4, -3, -2, -1, 1, 2, 3, 4)
_NEAR = 2
_REACH = 12
"""Tokens back to the last word before a colon, on the same line."""
_LONGEST_SHAPE = 5


def sights_of(tokens: Sequence[Token]) -> list[list[str]]:
    """Return what is seen at each token."""
    own = [_own(token.text) for token in tokens]
    seen = [_context(token.text) for token in tokens]
    labels = list(_labels(tokens))
    told = []
    for place, token in enumerate(tokens):
        sights = [*own[place], f"apart={token.is_apart:d}", f"label={labels[place]}"]
        for step in _AROUND:
            other = place + step
            if not 0 <= other < len(tokens):
                sights.append(f"{step}none")
            else:
                sights.append(f"{step}w={seen[other][0]}")
                if -_NEAR <= step <= _NEAR:
                    sights += [f"{step}{sight}" for sight in seen[other][1]]
        if place:
            sights.append(f"pair={seen[place - 1][0]}_{seen[place][0]}")
        if place + 1 < len(tokens):
            sights.append(f"next={seen[place][0]}_{seen[place + 1][0]}_{tokens[place + 1].is_apart:d}")
        told.append(sights)
    return told


@lru_cache(maxsize=65_536)
def _own(word: str) -> tuple[str, ...]:
    small = word.lower()
    plain, kinds = _context(word)
    sights = [f"w={plain}", *kinds, f"len={min(len(word), 12)}"]
    if word[0].isalpha():
        sights += [f"p{size}={small[:size]}" for size in (1, 2, 3, 4) if len(small) > size]
        sights += [f"s{size}={small[-size:]}" for size in (1, 2, 3, 4) if len(small) > size]
    elif word[0].isdigit():
        sights += [f"lead={word[:2]}", f"is90={word.isascii() and len(word) < 4 and 89 < int(word) < 125:d}"]
    return tuple(sights)


@lru_cache(maxsize=65_536)
def _context(word: str) -> tuple[str, tuple[str, ...]]:
    """Return a word in small letters with 0 for its digits, and what is told of it to its neighbours."""
    if word[0].isdigit():
        return "0" * min(len(word), 11), (f"sh=d{min(len(word), 11)}",)
    kinds = [f"sh={_shape(word)}"]
    if word[0].isalpha():
        kinds += [f"in={name}" for name in lists_of(word)]
    return word.lower(), tuple(kinds)


def _shape(word: str) -> str:
    if len(word) == 1:
        return "X" if word.isupper() else "x" if word.isalpha() else word
    shape = (
        "X" if word.isupper() else "Xx" if word[0].isupper() and word[1:].islower() else "x" if word.islower() else "xX"
    )
    return f"{shape}{min(len(word), _LONGEST_SHAPE)}"


def lists_of(word: str) -> Iterator[str]:
    """Yield the names of the lists that hold a word."""
    if is_given_name(word):
        yield "given"
    if is_common_surname(word):
        yield "common"
    elif is_surname(word):
        yield "surname"
    if is_city(word):
        yield "city"
    if is_vocabulary(word):
        yield "word"
    yield from (name for name in _OF_WORDS if {word, word.lower(), word.capitalize()} & word_list(name))


def _labels(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield for each token the word before the last colon, equals sign or bar on its line."""
    label, since, word = "", _REACH, ""
    for token in tokens:
        yield label if since < _REACH else ""
        since += 1
        if token.text == "\n":
            label, word = "", ""
        elif token.text in (":", "=", "|", "#"):
            label, since = word, 0
        elif token.text[0].isalpha():
            word = token.text.lower()
