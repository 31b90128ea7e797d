"""Figures in a text: numbers, pairs such as a blood pressure, clock times, and codes, each in one spelling.

98.40 and 98.4 are one number, R07.9 and R079 one code, "142 over 81" and 142/81 one pair. The digits of a
label (SpO2, 12-lead, ICD-10) and the numbering of a list are no figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.grounding.whole_words import in_small_letters, whole_words

Kind = Literal["number", "pair", "time", "code", "name"]


class Figure(NamedTuple):
    """`value` is the figure's one spelling; a `name` is a word with digits in it (HR104)."""

    kind: Kind
    value: str
    start: int
    end: int


_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?|\.\d+)"
_FRACTIONS = "½¼¾"
_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SPELLED = {
    **{word: place for place, word in enumerate([*_UNITS, *_TEENS], start=1)},
    **{word: 10 * place for place, word in enumerate(_TENS, start=2)},
}
_FIGURE = re.compile(
    rf"""
    (?P<label>\b(?:Sp|Sa|Fi)?O2\b|\b12[- ]lead\b|\bICD-?(?:9|10)(?:-?CM)?\b(?:[ ]codes?\b)?)
        (?:(?<=[M90s])[ :]{{1,2}}(?P<code>[A-Z]?\d[A-Z\d.]{{1,7}}))?
    |(?P<time>(?<![\d:])\d{{1,2}}:\d\d(?::\d\d)?(?![\d:]))
    |(?<![\d./])(?P<first>{_NUMBER})(?:[ ]?/[ ]?|[ ]out[ ]of[ ]|[ ]over[ ])(?P<second>{_NUMBER})(?!\d|/\d)
    |\b(?P<name>[A-Za-z]+\d(?:[A-Za-z\d]|\.(?=[A-Za-z\d]))*)
    |(?P<number>{_NUMBER}|[{_FRACTIONS}])
    """,
    re.X | re.I,
)
"""Tried where a digit is, and where the word or the point starts that leads up to it: everywhere is slow."""
_DIGIT = re.compile(rf"[\d{_FRACTIONS}](?P<plain>(?<=\d)\d*(?:\.\d+)?(?![\d:]|[.,]\d|[ -]?[/oOlL]))?")
"""Begins with a class alone, so that the search skips all else. There is a `plain` where nothing of another figure
follows behind the number ("8 out of 10", "12-lead"), as behind most."""
_LEADS_UP = ".-"
"""Behind these, as behind a letter, the figure may have begun before its digit."""
_AND_ONES = re.compile(rf"[- ](?P<ones>{'|'.join(_UNITS)})\b")
_TWENTY = 20
_ICD_10 = re.compile(r"[A-TV-Z]\d[\dA-Z]{1,5}")
_GLUED_VITAL = re.compile(r"T(?:9|10)\d\d?|P(?:[4-9]|1\d)\d")
"""T98.4 and P88 without their point: of the form of a code, and meant as a temperature and a pulse."""
_LIST_NUMBER = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]", re.M)


def figures(text: str) -> list[Figure]:
    """Return the figures in the order of the text."""
    numbering = _list_numbering(text)
    written = list(_written(text, numbering))
    spelled = list(_spelled(text))
    return sorted((*written, *spelled), key=attrgetter("start")) if spelled else written


def _written(text: str, numbering: Container[int]) -> Iterator[Figure]:
    done = 0
    while digit := _DIGIT.search(text, done):
        place, end = digit.span()
        before = text[place - 1]
        if digit["plain"] is not None and (place == done or not (before in _LEADS_UP or before.isalpha())):
            if place not in numbering:
                yield Figure("number", plain_number(digit[0]), place, end)
            done = end
            continue
        lead = _lead(text, done, place)
        match = (lead < place and _FIGURE.match(text, lead)) or _FIGURE.match(text, place)
        done = place + 1
        if match:
            if match.start() not in numbering:
                yield from _figure(match)
            done = max(done, match.end())


def _lead(text: str, done: int, place: int) -> int:
    """Return where the letters or the point directly before text[place] begin, "ICD-" with its hyphen."""
    lead = place - 1 if text[max(done, place - 4) : place].upper() == "ICD-" else place
    while lead > done and text[lead - 1].isalpha():
        lead -= 1
    return place - 1 if lead == place > done and text[place - 1] == "." else lead


def _spelled(text: str) -> Iterator[Figure]:
    """Yield the numbers in words but "one", which is mostly none."""
    small, done = in_small_letters(text), 0
    for _, start, end in whole_words(_spellings(), small):
        if start < done:
            continue
        value = _SPELLED[small[start:end]]
        if value >= _TWENTY and (ones := _AND_ONES.match(small, end)):
            value, end = value + _SPELLED[ones["ones"]], ones.end()
        done = end
        yield Figure("number", str(value), start, end)


@cache
def _spellings() -> AhoCorasick:
    return AhoCorasick(sorted(_SPELLED.keys() - {"one"}), implementation=Implementation.DFA)


def _figure(match: re.Match[str]) -> Iterator[Figure]:
    if match["code"]:
        code = match["code"].rstrip(".")
        yield Figure("code", plain_name(code), match.start("code"), match.start("code") + len(code))
    elif match["time"]:
        yield Figure("time", match["time"].lstrip("0"), *match.span())
    elif match["first"]:
        yield Figure("pair", f"{plain_number(match['first'])}/{plain_number(match['second'])}", *match.span())
    elif match["name"]:
        name = plain_name(match["name"])
        is_code = _ICD_10.fullmatch(name) and not _GLUED_VITAL.fullmatch(name)
        yield Figure("code" if is_code else "name", name, *match.span())
    elif match["number"]:
        yield Figure("number", plain_number(match["number"]), *match.span())


def numbers_in(figure: Figure, text: str) -> Iterator[str]:
    """Yield the numbers that a figure of `text` states: both of a blood pressure, only the first of 8/10."""
    if figure.kind == "number":
        yield figure.value
    elif figure.kind == "pair":
        first, second = figure.value.split("/")
        yield from (first,) if second == "10" else (first, second)
    elif figure.kind == "name":
        yield from map(plain_number, re.findall(_NUMBER, text[figure.start : figure.end]))


@lru_cache(maxsize=4096)
def plain_number(written: str) -> str:
    """98.40 -> 98.4, 1,200 -> 1200, 07 -> 7, ½ -> 0.5"""
    if written.isascii() and written.isdigit():
        return written.lstrip("0") or "0"
    number = Decimal(unicodedata.numeric(written)) if written in _FRACTIONS else Decimal(written.replace(",", ""))
    return format(number.normalize(), "f")


def plain_name(written: str) -> str:
    """R07.9 -> R079"""
    return written.replace(".", "").upper()


def _list_numbering(text: str) -> set[int]:
    """Return where the numbers of numbered lines start: 1 opens a list, and each goes on from the one before."""
    places: set[int] = set()
    if text.isascii() and "1." not in text and "1)" not in text:
        return places
    last = 0
    for match in _LIST_NUMBER.finditer(text):
        number = int(match[1])
        if number in (1, last + 1):
            places.add(match.start(1))
            last = number
    return places
