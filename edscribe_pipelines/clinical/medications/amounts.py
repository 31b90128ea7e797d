"""Amounts of a drug in a text: a number with a unit, alone or as a range, by weight or time where it says so.

Words are rows of `tables/dose_words.csv`; a pack (an amp, a vial) counts as a unit. The strength of a product ("4mg/1mL
VIAL", "500 mg tablet"), a concentration and a unit of blood are none. An amount that is seen and cannot be read
("?? mg", "5O mg", "10 mgg", "1,0000 mg") has no number and the unit `UNREADABLE`.
"""

from __future__ import annotations

import re
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.numbers import FIGURES, letters_pattern, number, pattern_of
from edscribe_pipelines.clinical.medications.units import misspelt_units, pack_names, pers, units, units_pattern
from edscribe_pipelines.tables import table_cache

UNREADABLE = "unreadable"


class Amount(NamedTuple):
    """text[start:end]; `low` is the lower end of a range, `per` as in "kg/min"; `is_shared` where one unit is that of
    several amounts."""

    amount: float
    low: float | None
    unit: str
    per: str | None
    start: int
    end: int
    is_shared: bool = False


class _Grammar(NamedTuple):
    """`figure` is a number with its unit, `worded` a unit behind what ends in a letter or a mark, `letters` and `marks`
    what may stand before it, `garbled` what begins as a number and is none or has a misspelt unit."""

    figure: re.Pattern[str]
    worded: re.Pattern[str]
    letters: re.Pattern[str]
    marks: re.Pattern[str]
    garbled: re.Pattern[str]
    per: re.Pattern[str]
    no_dose: re.Pattern[str]
    product: re.Pattern[str]


_NUMBER = r"(?<!\bat )\d{1,3}(?:\.\d{1,2})?"
_JOINING = ("+", ",", "&", "and", "then", "plus")
_JOINS = r"\+|&|plus|,[ ]?(?:and[ ]|then)?|and(?:[ ]then)?|then"
_JOINED = re.compile(rf"(?:^|[ \t(:=])(?P<numbers>(?:{_NUMBER}[ \t]?(?:{_JOINS})[ \t]?){{1,8}})$")
_CLOSED = re.compile(rf"(?:^|[ \t(:=])(?P<numbers>{_NUMBER}(?:[ ]?[/–-][ ]?{_NUMBER}){{1,8}})[ \t-]?$")
_AFTER_NUMBER = re.compile(r"\d[ ]?[/–-][ ]?$")
_FARTHEST_SHARED = 60
_IN_VOLUME = re.compile(r"[ \t]?/[ \t]?(?P<volume>\d{1,2}(?:\.\d{1,2})?)[ \t]?(?:mL|cc)s?\b", re.I)
_OWN_VOLUME = re.compile(
    r"(?<![/\d.])(?<!/ )\d[\d.]*[ \t]?(?:mL|cc)s?\b|\b(?:at[ \t]+[\d.]+[ \t]?[a-z]|infus|drip|gtt)", re.I
)
_NEAR = 45
_LETTER_FOR_FIGURE = re.compile(r"(?:^|[^\w])[OlI]\d|[\dOlI][OlI]\d")


def amounts_in(text: str) -> list[Amount]:
    """Return the amounts in the order of the text."""
    grammar = _grammar()
    found: list[Amount] = []
    for match in grammar.figure.finditer(text):
        found += _in_figures(text, match, grammar)
    found += [_unreadable(*match.span()) for match in grammar.garbled.finditer(text)]
    for match in grammar.worded.finditer(text):
        found += filter(None, [_in_words(text, match, grammar)])
    return _apart(sorted(found, key=attrgetter("start")))


def _apart(found: list[Amount]) -> list[Amount]:
    """Return the amounts without what cannot be read inside another."""
    ends = [0, *accumulate((amount.end for amount in found), max)]
    return [each for each, end in zip(found, ends, strict=False) if each.unit != UNREADABLE or each.start >= end]


def _unreadable(start: int, end: int) -> Amount:
    return Amount(0, None, UNREADABLE, None, start, end)


def _in_figures(text: str, match: re.Match[str], grammar: _Grammar) -> list[Amount]:
    amount = _amount(text, match, grammar)
    if amount is None or amount.per:
        return [amount] if amount and text[amount.start - 1 : amount.start] != "/" else []
    if text.endswith(match[0] + "/", 0, match.start()):
        return [amount]
    is_beyond_slash = text[amount.start - 1 : amount.start] == "/"
    if is_beyond_slash or _AFTER_NUMBER.search(text, max(0, amount.start - 4), amount.start):
        closed = _CLOSED.search(text, max(0, amount.start - _FARTHEST_SHARED), match.start("unit"))
        if closed and _is_repeated(closed["numbers"]):
            return _each_of(amount, closed.start("numbers"), closed["numbers"])
        return [] if is_beyond_slash else [amount]
    if not text[max(0, amount.start - 5) : amount.start].rstrip().endswith(_JOINING):
        return [amount]
    joined = _JOINED.search(text, max(0, amount.start - _FARTHEST_SHARED), amount.start)
    if joined is None:
        return [amount]
    return [*_each_of(amount, joined.start("numbers"), joined["numbers"]), amount._replace(is_shared=True)]


def _is_repeated(said: str) -> bool:
    """Whether "10/10/10" is three doses: "5/325" is a tablet of two drugs, "2-4" a range."""
    numbers = FIGURES.findall(said)
    return len(numbers) > 2 or ("/" in said and len(set(numbers)) == 1)


def _each_of(amount: Amount, start: int, said: str) -> list[Amount]:
    """Return the numbers of text[start:] with the unit of `amount`, each up to the next: "4 + 4 + 4 mg"."""
    places = [(start + each.start(), number(each[0])) for each in FIGURES.finditer(said)]
    ends = [place for place, _ in places[1:]] + [max(amount.start, start + len(said.rstrip()))]
    return [
        amount._replace(amount=value, low=None, start=place, end=end, is_shared=True)
        for (place, value), end in zip(places, ends, strict=True)
        if value
    ]


def _amount(text: str, match: re.Match[str], grammar: _Grammar) -> Amount | None:
    start, first, end = match.start(), match["first"], match.end()
    if text[start - 1 : start] == ".":
        start, first = start - 1, f".{first}"
    unit = units()[match["unit"].casefold()]
    is_counted = unit in pack_names() and text[max(0, start - 2) : start].strip() in ("x", "X", "×")
    if text[start - 1 : start].isalnum() and not is_counted:
        return _unreadable(start - 1, end) if _LETTER_FOR_FIGURE.match(text, max(0, start - 2)) else None
    beyond = end + 1 if text.startswith("/" + match[0], end) else _end_of_volume(text, match, grammar)
    if not beyond and grammar.no_dose.match(text, end):
        return None
    read = [number(said) for said in (first, match["last"]) if said]
    if None in read:
        is_end = first.endswith(".") and text[match.end("first")].isspace()
        return None if is_end else _unreadable(start, end)
    numbers = sorted((1_000_000 if match["million"] else 1) * value for value in read if value is not None)
    if not all(numbers):
        return None
    per = None if beyond else grammar.per.match(text, end)
    low = numbers[0] if numbers[0] < numbers[-1] else None
    end = beyond or (per.end() if per else end)
    return Amount(numbers[-1], low, unit, _per(per) if per else None, start - is_counted, end)


def _end_of_volume(text: str, match: re.Match[str], grammar: _Grammar) -> int | None:
    """Return where the volume of the dose ends: of "4 mg/2 mL" that is no product and has no other volume beside it."""
    volume = _IN_VOLUME.match(text, match.end())
    if volume is None or grammar.product.match(text, volume.end()):
        return None
    line = max(match.start() - _NEAR, text.rfind("\n", 0, match.start()) + 1)
    if _OWN_VOLUME.search(text, line, match.start()) or _OWN_VOLUME.search(text, volume.end(), volume.end() + _NEAR):
        return None
    return volume.end()


def _in_words(text: str, unit: re.Match[str], grammar: _Grammar) -> Amount | None:
    first = max(0, unit.start() - _FARTHEST_SHARED)
    if marks := grammar.marks.search(text, first, unit.start()):
        return _unreadable(marks.start(), unit.end())
    said = grammar.letters.search(text, first, unit.start())
    if said is None or grammar.no_dose.match(text, unit.end()):
        return None
    start = _start_of_number(said)
    value = number(text[start : unit.start()])
    if not value:
        return None
    per = grammar.per.match(text, unit.end())
    name = units()[unit["unit"].casefold()]
    return Amount(value, None, name, _per(per) if per else None, start, per.end() if per else unit.end())


def _start_of_number(said: re.Match[str]) -> int:
    """Return where the longest number begins that the words end with: of "at ten thirty and thirty" the last."""
    starts = [word.start() for word in re.finditer(r"\b(?!and\b)[a-z]+", said[0], re.I)]
    return said.start() + next((start for start in starts if number(said[0][start:])), starts[-1])


def _per(said: re.Match[str]) -> str:
    return "/".join(pers()[word.casefold()] for word in said.groups() if word)


@table_cache
def _grammar() -> _Grammar:
    unit = units_pattern("unit", "pack")
    begins = "µ" + "".join({letter for word in units() for letter in (word[0], word[0].upper())})
    per = "|".join(sorted(pers(), key=len, reverse=True))
    blood, product, strength = (pattern_of(kind) for kind in ("blood", "product", "strength"))
    products = rf"[ \t-]?(?:{product})(?:let|sule)?s?\b"
    misspelt = "|".join(sorted(misspelt_units(), key=len, reverse=True))
    return _Grammar(
        figure=re.compile(
            rf"(?P<first>[0-9][0-9.,]{{0,14}}+(?:[ ]000\b){{0,2}})(?=[ \t-]?[{begins}MtT–-])"
            rf"(?:[ \t]?(?:{unit})?[ \t]?(?:-|–|to)[ \t]?(?P<last>[0-9.][0-9.,]{{0,14}}+))?"
            rf"[ \t-]?(?=[{begins}M])(?P<million>million[ \t])?(?P<unit>{unit})(?!\w)",
            re.I,
        ),
        worded=re.compile(rf"[ -](?=[{begins}][A-Za-z])(?<=[A-Za-z?_*].)(?P<unit>(?i:{unit}))(?!\w)"),
        letters=re.compile(rf"\b{letters_pattern()}$", re.I),
        marks=re.compile(r"(?<![\w?*.])(?:[?_*]{1,8}|X{2,4})$"),
        garbled=re.compile(
            rf"(?<![\w.,])\d(?:[\d.,]*[OlI][\dOlI.,]*[ \t-]?(?i:{units_pattern()})"
            rf"|[\d.,]*[ \t-]?(?=[A-Za-z]*?([A-Za-z])\1)(?i:{misspelt}))(?!\w)"
        ),
        per=re.compile(
            rf"[ \t]*(?:/|per[ \t]|an?[ \t](?=h|min))[ \t]*({per})s?\b(?:[ \t]*(?:/|per[ \t])[ \t]*({per})s?\b)?", re.I
        ),
        no_dose=re.compile(rf"[ \t]*/[ \t]*(?:{strength})|[ \t]+(?:of[ \t]+)?(?:{blood})\b|{products}", re.I),
        product=re.compile(products, re.I),
    )
