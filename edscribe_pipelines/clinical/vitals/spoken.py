"""Numbers in words behind a label, as they are dictated: "one hundred ten", "one twenty over eighty", "one oh four",
"ninety eight point six", "thirty six eight", "the low eighties"."""

from __future__ import annotations

import re
from itertools import groupby

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_UNITS = ("zero", *_ONES, *_TEENS)
_SMALL = frozenset(("zero", "oh", *_ONES))
"""Alone they count things: "pulse one of two"."""
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: value for value, word in zip(range(20, 100, 10), _DECADES, strict=True)}
_VALUES = {word: value for value, word in enumerate(_UNITS)} | _TENS | {"oh": 0}
_WORD = "|".join(sorted([*_VALUES, "hundred"], key=len, reverse=True))
_NUMBER = rf"(?:{_WORD})(?:[ -](?:and[ ])?(?:{_WORD})\b){{0,5}}(?:[ ]point(?:[ ](?:{_WORD})\b){{1,2}})?"
_SPOKEN = re.compile(rf"\b(?P<first>{_NUMBER})\b(?:[ ](?:over|on)[ ](?P<second>{_NUMBER})\b)?", re.I)
_IN_DECADE = re.compile(
    r"(?:(?:low|mid|high|upper|middle)(?:[ -](?:to[ -](?:mid|high|low|upper)[ -]?)?))?"
    r"(?P<decade>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b",
    re.I,
)
SPOKEN_NEAR = re.compile(
    rf"(?:[ \t:,]|\b(?:is|was|of|at|in|the|to|reading|rate|about|around|low|mid|high|upper)\b){{1,8}}"
    rf"(?:{_WORD}|{'|'.join(word[:-1] + 'ies' for word in _DECADES)})\b",
    re.I,
)
_TIME_OF_DAY = re.compile(rf"(?:{'|'.join(_ONES[3:])})[ ](?:{'|'.join((*_TEENS, *_DECADES))})\b", re.I)
"""No vital sign of four hundred and more is read out: "lost pulse at eight nineteen"."""
_DECIMAL = "temperature_degf"
"""Read out as whole degrees and their tenths: "thirty six eight"."""


def in_figures(text: str, begin: int, field: str = "") -> tuple[str, int] | None:
    """Return the number in words at text[begin:] in figures, a pressure as a pair, a decade as "80s", and where it
    ends."""
    if decade := _IN_DECADE.match(text, begin):
        return f"{_TENS[decade['decade'].lower().removesuffix('ies') + 'y']}s", decade.end()
    said = _SPOKEN.match(text, begin)
    if said is None or said["first"].lower() in _SMALL:
        return None
    if _TIME_OF_DAY.match(said["first"]):
        return None
    first, second = (_figures(said[part], field) if said[part] else "" for part in ("first", "second"))
    return (f"{first}/{second}" if second else first), said.end()


def _figures(words: str, field: str) -> str:
    whole, _, decimals = words.lower().replace("-", " ").partition(" point ")
    tail = "".join(str(_VALUES.get(word, "")) for word in decimals.split())
    numbers = [word for word in whole.split() if word in _VALUES or word == "hundred"]
    if field == _DECIMAL and not tail and len(numbers) > 1 and _has_tenths(numbers):
        numbers, tail = numbers[:-1], str(_VALUES[numbers[-1]])
    return f"{_whole(numbers)}" + (f".{tail}" if tail else "")


def _has_tenths(numbers: list[str]) -> bool:
    """Whether the last of them is the tenths: a digit behind more than thirty degrees."""
    return numbers[-1] in _SMALL and 30 <= _whole(numbers[:-1]) <= 110


def _whole(numbers: list[str]) -> int:
    """Return the first number: digits that are read out one by one ("one oh four"), a digit before tens as hundreds
    ("one twenty"); what cannot belong to it is another quantity ("fifteen, seventy four kilos")."""
    digits = next((list(some) for is_digit, some in groupby(numbers, _SMALL.__contains__) if is_digit), [])
    if len(numbers) > 1 and digits == numbers:
        return int("".join(str(_VALUES[word]) for word in digits[:3]))
    total, room = 0, 1000
    for word in numbers:
        value = _VALUES.get(word, 0)
        if word == "hundred":
            total, room = max(total, 1) * 100, 100
            continue
        if 0 < total < 10 <= value:
            total = total * 100 + value
        elif value < room:
            total += value
        else:
            break
        room = 10 if value >= 20 else 0
    return total
