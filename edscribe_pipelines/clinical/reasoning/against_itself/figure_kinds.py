"""Figures beside a word, by kind: counts, lengths, days, weeks of a pregnancy, levels of the spine, years, fingers."""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.reasoning.against_itself.number_words import ONE_TO_TWELVE
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_NUMBERS = ONE_TO_TWELVE | {"once": 1, "twice": 2, "single": 1, "a": 1}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_FINGERS = {"thumb": 1, "index": 2, "middle": 3, "long": 3, "ring": 4, "little": 5, "small": 5, "pinky": 5}
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30}
_SPINE = {"c": 0, "t": 7, "l": 19, "s": 24}
_NUMBER = rf"(?P<count>\d{{1,4}}(?:\.\d)?|\b(?:{'|'.join(ONE_TO_TWELVE)}))"
_COUNT = rf"(?<![\d.,/:-]){_NUMBER}"
_LENGTH = r"(?<![\d.x×-])(?P<count>\d{1,3}(?:\.\d{1,2})?)[ -]?(?P<unit>cm|mm|in(?=ch))\b(?![ ]?[x×])"
_LEVEL = r"(?<![A-Za-z])(?P<zone>[CTLS])(?P<first>\d{1,2})(?:[ ]?[-/–][ ]?(?:(?P<other>[CTLS])?(?P<last>\d{1,2})))?"
_SPAN = rf"{_COUNT}[ -]?(?P<unit>h|hrs?|hours?|d|days?|wks?|weeks?|months?|/7|/52)\b"
_YEAR = r"\b(?P<count>(?:19|20)\d\d)\b(?P<more>(?:[ ]?(?:,|/|&|and)[ ]?(?:19|20)\d\d\b)*)"
_NTH = rf"(?:(?<!\d)(?P<count>[1-5])(?:st|nd|rd|th)|\b(?P<word>{'|'.join(_ORDINALS)}))"
_RIBS = r"(?P<first>\d{1,2})(?:st|nd|rd|th)?(?:[ ]?(?:-|–|to|through)[ ]?(?P<last>\d{1,2}))?(?:th)?"
_OF_FINGER = rf"\b(?P<word>{'|'.join(_FINGERS)})"
_VOLUME = r"(?<![\d.,/-])(?P<count>\d{1,2},\d{3}|\d{1,4}(?:\.\d)?)[ ]?(?P<unit>mL|cc|L)\b(?![ ]?/)"
_ADJECTIVES = r"[ -](?:(?!and\b|or\b|from\b|of\b|with\b|in\b|to\b)(?:[A-Za-z][A-Za-z-]*|\d-\d)[ ]){0,3}"
_FILLING = (
    r"[ ]?(?:[:,=(]|\b(?:is|was|of|at|about|measur\w+|to|in|on|for|approximately|x|level|levels|"
    r"first)\b[ ]?)*[ ]?[,(]?[ ]?"
)
_PATTERNS = {
    "count": _COUNT,
    "length": _LENGTH,
    "level": _LEVEL,
    "days": _SPAN,
    "year": _YEAR,
    "nth": _NTH,
    "ribs": _RIBS,
    "finger": _OF_FINGER,
    "volume": _VOLUME,
    "gravida": r"(?P<first>\d)[ ]?P(?P<last>\d)",
    "times": rf"(?:{_NUMBER}[ ]?(?:times|x\b)|x[ ]?(?P<times>\d{{1,2}})\b(?!/|[ ]?(?:d|days?|h|hrs?|hours?|"
    rf"wks?|weeks?|months?)\b)|(?P<word>once|twice)\b)",
}
_FLAGS = {kind: re.NOFLAG if kind == "level" else re.I for kind in _PATTERNS}
_BEFORE = {kind: re.compile(rf"(?:{pattern}){_ADJECTIVES}$", _FLAGS[kind]) for kind, pattern in _PATTERNS.items()}
_BEHIND = {kind: re.compile(rf"{_FILLING}(?:{pattern})", _FLAGS[kind]) for kind, pattern in _PATTERNS.items()}
_BACK = 44


class Figures(NamedTuple):
    """More than one value where a range of levels is told."""

    values: tuple[float, ...]
    place: Place


def figures_before(kind: str, text: str, start: int) -> Figures | None:
    return _figures(kind, _BEFORE[kind].search(text, max(0, start - _BACK), start))


def figures_behind(kind: str, text: str, end: int) -> Figures | None:
    return _figures(kind, _BEHIND[kind].match(text, end))


def _figures(kind: str, match: re.Match[str] | None) -> Figures | None:
    if not match:
        return None
    told = match.groupdict()
    first = min(match.start(name) for name in told if told[name])
    return Figures(_values(kind, told), (first, match.end()))


def _values(kind: str, told: dict[str, str | None]) -> tuple[float, ...]:
    if kind in ("level", "ribs"):
        return _range(told)
    if kind == "gravida":
        return (10 * float(told["first"] or 0) + float(told["last"] or 0),)
    if kind == "finger":
        return (_FINGERS[str(told["word"]).lower()],)
    if told.get("more"):
        return (float(told["count"] or 0), *(float(each) for each in re.findall(r"\d{4}", told["more"] or "")))
    word = (told.get("word") or told.get("count") or told.get("times") or "").lower().replace(",", "")
    number = _ORDINALS.get(word) or _NUMBERS.get(word) or float(word)
    return (number * _factor(kind, (told.get("unit") or "").lower()),)


def _range(told: dict[str, str | None]) -> tuple[float, ...]:
    """Return all levels from the first to the last, as places in the spine or as ribs."""
    zone = (told.get("zone") or "").lower()
    first = _SPINE.get(zone, 0) + int(told["first"] or 0)
    last = _SPINE.get((told.get("other") or zone).lower(), 0) + int(told["last"] or 0) if told.get("last") else first
    return tuple(float(each) for each in range(first, max(first, min(last, first + 20)) + 1))


def _factor(kind: str, unit: str) -> float:
    if kind == "length":
        return {"cm": 10, "mm": 1}.get(unit, 25.4)
    if kind == "volume":
        return 1000 if unit == "l" else 1
    if kind == "days":
        return {"/7": 1, "/52": 7}.get(unit) or _DAYS[unit[0]]
    return 1
