"""A length, a part of the best peak flow or an age that a note tells with two figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.age import stated_ages
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_NOUN = re.compile(
    r"(?:lacerations?|lacs?|abscess|stone|calculus|nodule|aneurysm|ulcer|hematoma|wound|cyst|corpus luteum)\b", re.I
)
_NOUNS = Wordings(lambda: (("noun", _NOUN.pattern),))
_LENGTH = r"(?<![\d.x×])(?P<value>\d{1,3}(?:\.\d)?)[ -]?(?P<unit>cm|mm)\b(?![ ]?[x×])"
_BEFORE = re.compile(rf"{_LENGTH}[ ](?P<words>(?:(?!and\b|or\b|from\b)[a-z-]+[ ]){{0,4}})$", re.I)
_WORDS = re.compile(r"(?:[a-z-]+[ ]){0,2}$", re.I)
_BEHIND = re.compile(rf"(?:[ ](?:is|was|of|measur\w+|about))*[ :,(]{{1,2}}{_LENGTH}", re.I)
_REACH = 60
_KIND = {"lac": "laceration", "lacs": "laceration", "lacerations": "laceration", "calculus": "stone"}
_SAYS_NO_PLACE = frozenset(
    ("linear", "simple", "deep", "superficial", "clean", "with", "the", "and", "his", "her", "of", "to", "an", "a")
) | frozenset(("small", "large", "obstructing", "complex", "irregular", "single"))
_MILLIMETRES = {"cm": 10, "mm": 1}
_OFF = 0.3
"""Two people who measure one wound differ by less."""
_OF_BEST = Wordings(
    lambda: (
        (
            "best",
            r"\b(?:peak flow|PEFR?|"
            r"FEV1)\b[^.;\n\d]{0,15}(?P<value>\d{2,3})(?:[ ]?L/min)?[ ]?\((?P<percent>\d{1,3})[ ]?%",
        ),
    )
)
_OFF_BEST = 1.15
_OFF_AGE, _SHARE_OF_AGE = 1.5, 0.25
"""In years, and of an age in months or days."""


class _Size(NamedTuple):
    kind: str
    where: frozenset[str]
    millimetres: float
    place: Place


def sizes_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    sizes = list(_sizes(note)) if "cm" in note.text or "mm" in note.text else []
    for one, other in combinations(sizes, 2):
        if one.kind == other.kind and _is_one_thing(one, other, sizes):
            larger = max(one.millimetres, other.millimetres)
            if abs(one.millimetres - other.millimetres) > _OFF * larger:
                yield TwoWays("size", "warning", one.place, other.place, f"Two lengths of one {one.kind}.")
                return


def peak_flows_off_their_best(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield two peak flows that would be parts of two best values."""
    told = [
        (100 * int(each["value"]) / max(1, int(each["percent"])), each.span()) for _, each in _OF_BEST.matches_in(note)
    ]
    for (one, here), (other, there) in combinations(told, 2):
        if max(one, other) > _OFF_BEST * min(one, other):
            yield TwoWays("share", "warning", here, there, "Two peak flows are parts of different best values.")
            return


def ages_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    ages = [each for each in note.of(stated_ages) if each.end and not note.context(each.start, each.end) & NOT_TODAYS]
    for one, other in combinations(ages, 2):
        if abs(one.years - other.years) > min(_OFF_AGE, _SHARE_OF_AGE * max(one.years, other.years)):
            yield TwoWays("age", "warning", (one.start, one.end), (other.start, other.end), "Two ages of the patient.")
            return


def _sizes(note: ParsedNote) -> Iterator[_Size]:
    for _, noun in _NOUNS.matches_in(note):
        start, end = noun.span()
        before = _BEFORE.search(note.text, max(0, start - _REACH), start)
        length = before or _BEHIND.match(note.text, end)
        if not length or (start and note.text[start - 1].isalnum()):
            continue
        place = (before.start(), end) if before else (start, length.end())
        if note.context(*place) & NOT_TODAYS or is_explained(note, place, plainly=True):
            continue
        words = before["words"] if before else _words_before(note.text, start)
        kind = noun[0].lower()
        size = float(length["value"]) * _MILLIMETRES[length["unit"].lower()]
        yield _Size(_KIND.get(kind, kind), frozenset(words.lower().split()) - _SAYS_NO_PLACE, size, place)


def _words_before(text: str, start: int) -> str:
    words = _WORDS.search(text, max(0, start - _REACH), start)
    return words[0] if words else ""


def _is_one_thing(one: _Size, other: _Size, sizes: list[_Size]) -> bool:
    if one.where & other.where:
        return True
    return not (one.where and other.where) and sum(each.kind == one.kind for each in sizes) == 2
