"""Numbers in figures and in letters: "1,500", ".5", "forty-five", "two and a half", "zero point five"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.tables import read_table, table_cache

FIGURES = re.compile(r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,9})?|\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}")
_COMMA = re.compile(r"\d{1,3},\d{1,2}")
"""A number of a country that writes a comma where others write a point."""
_SCALES = {"hundred": 100, "thousand": 1000}
_HALF = re.compile(r"(?:(?:^|[ \t])and[ \t]+)?(?:\ba[ \t]+half|\bhalf(?:[ \t]+an?)?)$")


def number(said: str) -> float | None:
    """Return the number in figures or letters, None where it is none."""
    said = said.lower().rstrip(",").replace(" 000", "000")
    if _COMMA.fullmatch(said):
        return float(said.replace(",", "."))
    return float(said.replace(",", "")) if FIGURES.fullmatch(said) else _in_letters(said)


def _in_letters(said: str) -> float | None:
    whole, point, places = said.partition("point")
    if point:
        return _with_places(_in_letters(whole) or 0.0, places.split())
    without_half = _HALF.sub("", said)
    words = [word for word in re.split(r"[ \t-]+", without_half) if word not in ("and", "")]
    has_half = without_half != said
    whole_number = _sum_of(words) if words or has_half else None
    return whole_number if whole_number is None or not has_half else whole_number + 0.5


def _sum_of(words: list[str]) -> float | None:
    """Return the sum, in which hundred multiplies what stands before it and thousand all of it. Below a hundred only a
    figure may follow a ten: "ten thirty" is a time."""
    above, below, least = 0.0, 0.0, 1000.0
    for word in words:
        value = numerals().get(word)
        if scale := _SCALES.get(word):
            below, least = max(below, 1.0) * scale, 100.0
        elif value is None or value >= least:
            return None
        else:
            below, least = below + value, 10.0 if value >= 20 else 0.0
        if word == "thousand":
            above, below, least = above + below, 0.0, 1000.0
    return above + below


def _with_places(whole: float, places: list[str]) -> float | None:
    digits = [numerals().get(word, 10) for word in places]
    return float(f"{whole:.0f}.{''.join(map(str, digits))}") if digits and max(digits) < 10 else None


@table_cache
def numerals() -> dict[str, int]:
    """Return what the words for numbers mean."""
    return {word: int(name) for name, words in dose_words("number") for word in words.split(";")}


@table_cache
def letters_pattern() -> str:
    """Return the pattern of a number in letters."""
    word = "|".join(sorted((*numerals(), *_SCALES, "point", "half"), key=len, reverse=True))
    return rf"(?:{word})(?:(?:-|[ \t](?:and[ \t])?)(?:{word})\b){{0,6}}"


def dose_words(kind: str) -> Iterator[tuple[str, str]]:
    """Yield (name, words) of the rows of a kind, in the order of the table."""
    yield from ((row["name"], row["words"]) for row in read_table("dose_words.csv") if row["kind"] == kind)


def pattern_of(kind: str) -> str:
    """Return the alternatives of all rows of a kind."""
    return "|".join(words for _, words in dose_words(kind))
