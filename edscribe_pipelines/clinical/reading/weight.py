"""What the patient weighs, as the note states it: not what was lost, gained or lifted, nor an ideal weight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.people import is_of_somebody_else

_KG_PER_LB = 0.45359237
_PLAUSIBLE_KG = (20, 400)
_PLAUSIBLE_CHILD_KG = (1.5, 200)

# Begins with a class of its own, so that the search skips everything else.
_AMOUNT = re.compile(
    r"(?P<amount>\d\d{0,2}+(?:\.\d{1,3})?)[ \t-]?(?:(?P<kg>kgs?|kilos?|kilograms?)|lbs?|pounds?)\b"
    r"(?![ \t]*(?:/|per\b|loss|gain|less|more|lighter|heavier|box\w*|object\w*|weights?\b))",
    re.I,
)
_WEIGHT_BEFORE = re.compile(
    r"\b(?:weigh(?:t|s|ed|ing)?|wt)\b\.?(?:[ \t]*\([^)\n]{1,25}\))?(?:[ \t:=,~-]|\.(?=[ \t])"
    r"|\b(?:is|was|of|in|at|today|currently|approximately|approx|about|around|estimated|stated|measured)\b)*$",
    re.I,
)
_PERSON_AFTER = re.compile(
    r"[ \t]*(?:,[ \t]*)?(?:\w+[ \t]+){0,2}(?:man|woman|male|female|patient|gentleman|lady|boy|girl|pt)\b", re.I
)
_UNIT_AHEAD = re.compile(r"[(\[](?:(?P<kg>kgs?)|lbs?)[)\]][ \t:=]*(?P<amount>\d{1,3}(?:\.\d{1,3})?)\b(?!\.?\d)", re.I)
_NOT_A_WEIGHT = re.compile(
    r"\b(?:los[st]\w*|losing|gain\w*|lift\w*|carr(?:y|ie)\w*|mov(?:ed|ing)|push\w*|pull\w*|drop\w*|fell|ideal|ibw|goal|"
    r"target|birth|adjusted|lean|usual|prior|previous|last|max(?:imum)?|box\w*|bag|object|up[ \t]+to)[^.\n;]{0,30}$",
    re.I,
)
_MEASURED_IN = (None, "Physical Examination")
_AMONG_MEASURED = re.compile(r"[ \t]*(?:[.,;|)\n]|$|--|(?:stated|est\w*|approx\w*|on|by)\b)", re.I)
"""A weight stands alone between vital signs ("97% RA, 118 kg. ESI 3"); a dose goes on."""
_REACH = 60
_IN_A_FIGURE = frozenset("0123456789.")


class Weight(NamedTuple):
    """In kg, at text[start:end]."""

    kg: float
    start: int
    end: int


def stated_weight(note: ParsedNote) -> Weight | None:
    """Return the first weight that anybody may have."""
    return next(_weights(note, (_PLAUSIBLE_CHILD_KG[0], _PLAUSIBLE_KG[1])), None)


def weight_kg(note: ParsedNote) -> float | None:
    """Return the first plausible weight, in kg; a figure without a unit is none."""
    return next((weight.kg for weight in _weights(note, _PLAUSIBLE_KG)), None)


def child_weight_kg(note: ParsedNote) -> float | None:
    """Return the first plausible weight of a child, in kg."""
    return next((weight.kg for weight in _weights(note, _PLAUSIBLE_CHILD_KG)), None)


def _weights(note: ParsedNote, plausible: tuple[float, float]) -> Iterator[Weight]:
    text = note.text
    small = text.lower()
    if not ("kg" in small or "lb" in small or "pound" in small or "kilo" in small):
        return
    for match in chain(_AMOUNT.finditer(text), _UNIT_AHEAD.finditer(text)):
        weight = float(match["amount"]) * (1 if match["kg"] else _KG_PER_LB)
        if plausible[0] <= weight <= plausible[1] and _is_the_patients(note, match):
            yield Weight(round(weight, 2), *match.span())


def _is_the_patients(note: ParsedNote, match: re.Match[str]) -> bool:
    text = note.text
    start, end = match.span()
    said = _WEIGHT_BEFORE.search(text, max(0, start - _REACH), start)
    begin = said.start() if said else start
    among_measured = note.section_at(start) in _MEASURED_IN and _AMONG_MEASURED.match(text, end)
    if not (said or among_measured or _PERSON_AFTER.match(text, end)) or text[start - 1 : start] in _IN_A_FIGURE:
        return False
    return not (_NOT_A_WEIGHT.search(text, max(0, begin - _REACH), begin) or is_of_somebody_else(text, begin, end))
