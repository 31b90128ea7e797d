"""Amounts of a drug in a text: a number with a unit, alone or as a range, by weight or time where it says so.

Words are rows of `tables/dose_words.csv`. The strength of a product ("4mg/1mL VIAL", "500 mg tablet"), a concentration
and a unit of blood are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.tables import read_table, table_cache


class Amount(NamedTuple):
    """text[start:end]; `low` is the lower end of a range, `per` as in "kg/min"."""

    amount: float
    low: float | None
    unit: str
    per: str | None
    start: int
    end: int


class _Grammar(NamedTuple):
    figure: re.Pattern[str]
    spelled: re.Pattern[str]
    per: re.Pattern[str]
    no_dose: re.Pattern[str]


_NUMBER = re.compile(r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,9})?|\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}")
_JOINING = ("+", ",", "and", "then")
_SHARED = re.compile(
    r"(?:^|[ \t(:=])(?P<numbers>(?:\d{1,3}(?:\.\d{1,2})?[ \t]?(?:\+|,[ ]?(?:and|then)?|and|then)[ \t]?){1,8})$"
)
_FARTHEST_SHARED = 60
_SPELLED = (" gram", "milligram", "microgram")
"""Before these a number may stand in letters."""


def amounts_in(text: str) -> list[Amount]:
    """Return the amounts in the order of the text."""
    grammar = _grammar()
    found: list[Amount] = []
    for match in grammar.figure.finditer(text):
        if amount := _amount(text, match, grammar):
            found += [*_sharing(text, amount), amount]
    if any(word in text for word in _SPELLED):
        found.extend(amount for match in grammar.spelled.finditer(text) if (amount := _amount(text, match, grammar)))
        found.sort(key=lambda amount: amount.start)
    return found


def _amount(text: str, match: re.Match[str], grammar: _Grammar) -> Amount | None:
    start, first = match.start(), match["first"]
    if text[start - 1 : start] == ".":
        start, first = start - 1, f".{first}"
    before = text[start - 1 : start]
    if before.isalnum() or before == "/" or grammar.no_dose.match(text, match.end()):
        return None
    scale = 1_000_000 if match["million"] else 1
    numbers = sorted(scale * number(said) for said in (first, match["last"]) if said)
    unit = _units().get(match["unit"].casefold())
    if unit is None or not all(numbers):
        return None
    per = grammar.per.match(text, match.end())
    return Amount(
        amount=numbers[-1],
        low=numbers[0] if numbers[0] < numbers[-1] else None,
        unit=unit,
        per=_per(per) if per else None,
        start=start,
        end=per.end() if per else match.end(),
    )


def _sharing(text: str, amount: Amount) -> list[Amount]:
    """Return the amounts right before one that share its unit: "4 + 4 + 4 mg", "6, 6 and 8 mg"."""
    if amount.per or not text[max(0, amount.start - 5) : amount.start].rstrip().endswith(_JOINING):
        return []
    before = _SHARED.search(text, max(0, amount.start - _FARTHEST_SHARED), amount.start)
    if before is None:
        return []
    return [
        amount._replace(amount=number(each[0]), low=None, start=each.start(), end=each.end())
        for each in _NUMBER.finditer(text, before.start("numbers"), amount.start)
        if number(each[0])
    ]


def number(said: str) -> float:
    """Return the number in figures or letters, 0 where it is none."""
    said = said.lower().rstrip(",").replace(" 000", "000")
    return float(said.replace(",", "")) if _NUMBER.fullmatch(said) else float(numerals().get(said, 0))


def _per(said: re.Match[str]) -> str:
    return "/".join(_pers()[word.casefold()] for word in said.groups() if word)


@table_cache
def numerals() -> dict[str, int]:
    """Return what the words for small numbers mean."""
    return {word: int(name) for name, words in dose_words("number") for word in words.split(";")}


def dose_words(kind: str) -> Iterator[tuple[str, str]]:
    """Yield (name, words) of the rows of a kind, in the order of the table."""
    yield from ((row["name"], row["words"]) for row in read_table("dose_words.csv") if row["kind"] == kind)


def pattern_of(kind: str) -> str:
    """Return the alternatives of all rows of a kind."""
    return "|".join(words for _, words in dose_words(kind))


@table_cache
def _units() -> dict[str, str]:
    return {word.casefold(): name for name, words in dose_words("unit") for word in words.split(";")}


def unit_named(word: str) -> str:
    """Return the unit of the table that a word for it means."""
    return _units()[word.casefold()]


def units_pattern() -> str:
    """Return the alternatives of `re` for all words for units, the longest first."""
    return "|".join(map(re.escape, sorted(_units(), key=len, reverse=True)))


@table_cache
def _pers() -> dict[str, str]:
    return {word: name for name, words in dose_words("per") for word in words.split(";")}


@table_cache
def _grammar() -> _Grammar:
    unit = units_pattern()
    begins = "µ" + "".join({letter for word in _units() for letter in (word[0], word[0].upper())})
    per = "|".join(sorted(_pers(), key=len, reverse=True))
    word = "|".join(numerals())
    blood, product, strength = (pattern_of(kind) for kind in ("blood", "product", "strength"))
    return _Grammar(
        figure=re.compile(
            rf"(?P<first>[0-9][0-9.,]{{0,14}}+(?:[ ]000\b){{0,2}})(?=[ \t-]?[{begins}MtT–-])"
            rf"(?:[ \t]?(?:{unit})?[ \t]?(?:-|–|to)[ \t]?(?P<last>[0-9.][0-9.,]{{0,14}}+))?"
            rf"[ \t-]?(?=[{begins}M])(?P<million>million[ \t])?(?P<unit>{unit})(?!\w)",
            re.I,
        ),
        spelled=re.compile(rf"\b(?P<first>{word})(?P<last>)[ -](?P<million>)(?P<unit>(?:milli|micro)?grams?)\b", re.I),
        per=re.compile(
            rf"[ \t]*(?:/|per[ \t]|an?[ \t](?=h|min))[ \t]*({per})s?\b(?:[ \t]*(?:/|per[ \t])[ \t]*({per})s?\b)?", re.I
        ),
        no_dose=re.compile(
            rf"[ \t]*/[ \t]*(?:{strength})|[ \t]+(?:of[ \t]+)?(?:{blood})\b|[ \t-]?(?:{product})(?:let|sule)?s?\b", re.I
        ),
    )
