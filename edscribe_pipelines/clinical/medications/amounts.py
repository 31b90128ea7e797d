"""The amounts of a text: a number with a unit, alone or as a range, by weight or time where it says so.

Several may share one unit ("4 + 4 + 4 mg", "10/10/10 mg"); one may have its volume ("4 mg/2 mL").
"""

from __future__ import annotations

import re
from itertools import accumulate
from operator import attrgetter

from edscribe_pipelines.clinical.medications.numbers import FIGURES, number
from edscribe_pipelines.clinical.medications.units import (
    UNREADABLE,
    Amount,
    behind_unit,
    units,
    units_pattern,
    unreadable,
)
from edscribe_pipelines.clinical.medications.worded_amounts import worded_amounts
from edscribe_pipelines.tables import table_cache

_NUMBER = r"(?<!\bat )\d{1,3}(?:\.\d{1,2})?"
_JOINING = ("+", ",", "&", "and", "then", "plus")
_JOINS = r"\+|&|plus|,[ ]?(?:and[ ])?(?:then)?|and(?:[ ]then)?|then"
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
    found: list[Amount] = []
    for match in _figure().finditer(text):
        found += _in_figures(text, match)
    worded = list(worded_amounts(text))
    return _apart(sorted(found + worded, key=attrgetter("start"))) if worded else found


def _apart(found: list[Amount]) -> list[Amount]:
    """Return the amounts without what cannot be read inside another."""
    ends = [0, *accumulate((amount.end for amount in found), max)]
    return [each for each, end in zip(found, ends, strict=False) if each.unit != UNREADABLE or each.start >= end]


def _in_figures(text: str, match: re.Match[str]) -> list[Amount]:
    amount = _amount(text, match)
    if amount is None or amount.per:
        return [amount] if amount and text[amount.start - 1 : amount.start] != "/" else []
    if text.endswith(match[0] + "/", 0, match.start()):
        return [amount]
    before = text[max(0, amount.start - 5) : amount.start]
    said = before.rstrip()
    if said.endswith(("/", "-", "–")) and (before.endswith("/") or _AFTER_NUMBER.search(before)):
        closed = _CLOSED.search(text, max(0, amount.start - _FARTHEST_SHARED), match.start("unit"))
        if closed and _is_repeated(closed["numbers"]):
            return _each_of(amount, closed.start("numbers"), closed["numbers"])
        return [] if before.endswith("/") else [amount]
    if not said.endswith(_JOINING):
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


def _amount(text: str, match: re.Match[str]) -> Amount | None:
    start, first, end = match.start(), match["first"], match.end()
    if text[start - 1 : start] == ".":
        start, first = start - 1, f".{first}"
    unit = units()[match["unit"].casefold()]
    if text[start - 1 : start].isalnum():
        return unreadable(start - 1, end) if _LETTER_FOR_FIGURE.match(text, max(0, start - 2)) else None
    beyond = end + 1 if text.startswith("/" + match[0], end) else _end_of_volume(text, match)
    if not beyond and behind_unit().no_dose.match(text, end):
        return None
    if first.endswith(",") and text[match.end("first")].isspace():
        return None
    read = [number(said) for said in (first, match["last"]) if said]
    if None in read:
        is_end = first.endswith(".") and text[match.end("first")].isspace()
        return None if is_end else unreadable(start, end)
    numbers = sorted((1_000_000 if match["million"] else 1) * value for value in read if value is not None)
    if not all(numbers):
        return None
    per, end = (None, beyond) if beyond else behind_unit().per_at(text, end)
    low = numbers[0] if numbers[0] < numbers[-1] else None
    return Amount(numbers[-1], low, unit, per, start, end)


def _end_of_volume(text: str, match: re.Match[str]) -> int | None:
    """Return where the volume of the dose ends: of "4 mg/2 mL" that is no product and has no other volume beside it."""
    volume = _IN_VOLUME.match(text, match.end())
    if volume is None or behind_unit().product.match(text, volume.end()):
        return None
    line = max(match.start() - _NEAR, text.rfind("\n", 0, match.start()) + 1)
    if _OWN_VOLUME.search(text, line, match.start()) or _OWN_VOLUME.search(text, volume.end(), volume.end() + _NEAR):
        return None
    return volume.end()


@table_cache
def _figure() -> re.Pattern[str]:
    unit = units_pattern()
    begins = "µ" + "".join({letter for word in unit.split("|") for letter in (word[0], word[0].upper())})
    return re.compile(
        rf"(?P<first>[0-9][0-9.,]{{0,14}}+(?:[ ]000\b){{0,2}})(?=[ \t-]?[{begins}MtT–-])"
        rf"(?:[ \t]?(?:{unit})?[ \t]?(?:-|–|to)[ \t]?(?P<last>[0-9.][0-9.,]{{0,14}}+))?"
        rf"[ \t-]?(?=[{begins}M])(?P<million>(?:million|mega)[ \t-]?|(?-i:M)(?=(?-i:I?U)\b))?(?P<unit>{unit})(?!\w)",
        re.I,
    )
