"""Volumes of intravenous fluid that nobody is given: rows of `tables/fluid_limits.csv`, in mL and in mL per kg."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.numbers import number
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.tables import read_table, table_cache

# Begins with a class of its own, so that the search skips everything else.
_VOLUME = re.compile(
    r"(?P<amount>\d(?<![\d.,/]\d)(?:\d{0,2}(?:,\d{3})+|\d{0,5}(?:\.\d{1,2})?))"
    r"[ \t-]?(?:(?P<litre>[lL]|liters?|litres?)|[mM][lL]s?|ccs?)"
    r"(?P<kg>[ \t]?(?:/|per[ \t])[ \t]?kg)?\b(?![ \t]?/|[ \t]+(?:per|an?|O2|oxygen|NC|NRB|nasal|via)\b)"
)
_REACH = 45
_WORDS = r"(?:bolus(?:es)?|of|IV|IVF|warm(?:ed)?|fluids?|infusion|total|given|started|wide[ \t]open|rapid|x|\d)"
_LEADS = re.compile(
    rf"[ \t]*(?:[(,:=|]?[ \t]*{_WORDS}\b[ \t]*)*[(,:=|]?[ \t]*(?:[\d.,]+[ \t]?(?:mL|L|cc)[ \t]*[(=,]*[ \t]*)?", re.I
)
_FOLLOWS = re.compile(rf"(?:[ \t]*[(]?{_WORDS}\b)*[ \t]*(?:of[ \t]+)?", re.I)
_BAG = re.compile(r"[^.;\n]{0,20}\b(?:bag|at[ \t]+\d|@)", re.I)
_LEAST_BY_WEIGHT = 2000
"""In mL: of less no adult is given too much."""


class FluidExcess(NamedTuple):
    """text[start:end] names more than `row` has as the most; it blocks above its factor of it."""

    start: int
    end: int
    row: dict[str, str]
    blocks: bool


def fluid_excesses(note: ParsedNote) -> Iterator[FluidExcess]:
    """Yield the volumes of a fluid above the most of a row, by the patient's weight where the note gives it."""
    for match in _VOLUME.finditer(note.text):
        amount = (number(match["amount"]) or 0) * (1000 if match["litre"] else 1)
        kind = "per_kg" if match["kg"] else "volume"
        row = _limits()[kind]
        is_much = amount > float(row["most"]) or (kind == "volume" and _is_much_by_weight(note, amount))
        if is_much and _is_of_fluid(note.text, *match.span()):
            yield FluidExcess(*match.span(), row, amount > float(row["factor"]) * float(row["most"]))


def fluid_excesses_of_child(note: ParsedNote, weight_kg: float) -> Iterator[FluidExcess]:
    """Yield the volumes of a fluid above what a child of this weight is given; the size of a bag is none."""
    row = _limits()["child_per_kg"]
    for match in _VOLUME.finditer(note.text):
        amount = (number(match["amount"]) or 0) * (1000 if match["litre"] else 1)
        per_kg = amount if match["kg"] else amount / weight_kg
        is_bag = _BAG.search(note.text, match.end(), match.end() + _REACH) is not None
        if per_kg > float(row["most"]) and not is_bag and _is_of_fluid(note.text, *match.span()):
            yield FluidExcess(*match.span(), row, per_kg > float(row["factor"]) * float(row["most"]))


def _is_much_by_weight(note: ParsedNote, amount: float) -> bool:
    if amount < _LEAST_BY_WEIGHT:
        return False
    weight = note.of(weight_kg)
    return weight is not None and amount / weight > float(_limits()["per_kg"]["most"])


def _is_of_fluid(text: str, start: int, end: int) -> bool:
    """Whether a fluid is named right beside the volume: "LR 21,000 mL", "10 L bolus of saline"."""
    ahead = any(
        _LEADS.fullmatch(text, match.end(), start) for match in _names().finditer(text, max(0, start - _REACH), start)
    )
    behind = _FOLLOWS.match(text, end)
    return ahead or bool(behind and _names().match(text, behind.end()))


@table_cache
def _names() -> re.Pattern[str]:
    rows = read_table("fluids.csv")
    names = {name for row in rows for name in (row["fluid"], *row["synonyms"].split(";"))}
    listed = "|".join(re.escape(name).replace(r"\ ", r"[ \t]+") for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"\b(?:{listed}|crystalloids?|IV[ \t]?fluids?|IVF|saline|Hartmann'?s|Ringer'?s)(?!\w)", re.I)


@table_cache
def _limits() -> dict[str, dict[str, str]]:
    return {row["kind"]: row for row in read_table("fluid_limits.csv")}
