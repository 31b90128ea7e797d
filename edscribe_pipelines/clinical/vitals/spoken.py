"""Numbers in words behind a label, as they are dictated: "one hundred ten", "one twenty over eighty", "ninety eight
point six"."""

from __future__ import annotations

import re

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_UNITS = ("zero", *_ONES, *_TEENS)
_SMALL = frozenset(("zero", *_ONES))
"""Alone they count things: "pulse one of two"."""
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: value for value, word in zip(range(20, 100, 10), _DECADES, strict=True)}
_VALUES = {word: value for value, word in enumerate(_UNITS)} | _TENS
_WORD = "|".join(sorted([*_VALUES, "hundred"], key=len, reverse=True))
_NUMBER = rf"(?:{_WORD})(?:[ -](?:and[ ])?(?:{_WORD})\b){{0,5}}(?:[ ]point(?:[ ](?:{_WORD})\b){{1,2}})?"
_SPOKEN = re.compile(rf"\b(?P<first>{_NUMBER})\b(?:[ ]over[ ](?P<second>{_NUMBER})\b)?", re.I)
SPOKEN_NEAR = re.compile(rf"(?:[ \t:,]|\b(?:is|was|of|at|in|the|to|reading|rate)\b){{1,8}}(?:{_WORD})\b", re.I)


def in_figures(text: str, begin: int) -> tuple[str, int] | None:
    """Return the number in words at text[begin:] in figures, a pressure as a pair, and where it ends."""
    said = _SPOKEN.match(text, begin)
    if said is None or said["first"].lower() in _SMALL:
        return None
    first, second = (_figures(said[part]) if said[part] else "" for part in ("first", "second"))
    return (f"{first}/{second}" if second else first), said.end()


def _figures(words: str) -> str:
    whole, _, decimals = words.lower().replace("-", " ").partition(" point ")
    tail = "".join(str(_VALUES.get(word, "")) for word in decimals.split())
    return f"{_whole(whole.split())}" + (f".{tail}" if tail else "")


def _whole(words: list[str]) -> int:
    """Return the number; a digit right before tens is hundreds: "one twenty" is 120."""
    total = 0
    for word in words:
        if word == "hundred":
            total = max(total, 1) * 100
        elif word in _VALUES:
            value = _VALUES[word]
            total = total * 100 + value if 0 < total < 10 <= value else total + value
    return total
