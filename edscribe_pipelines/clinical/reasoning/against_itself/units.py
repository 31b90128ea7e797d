"""A figure told in two units, or as a product, that differ: kg and lb, °C and °F, burns, pack-years, percent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings

_LB, _FREEZING, _DEGREES = 2.20462, 32, 1.8
_N = r"\d{1,3}(?:\.\d{1,2})?"
_PAIRS = {
    "kg and lb": rf"\bkg[ ]?[(/,=][ ]?(?P<second>{_N})[ ]?(?:lbs?|pounds)\b",
    "lb and kg": rf"\b(?:lbs?|pounds)[ ]?[(/,=][ ]?(?P<second>{_N})[ ]?kg\b",
    "C and F": rf"\b[°º]?C[ ]?[(/,=][ ]?(?P<second>{_N})[ ]?[°º]?F\b",
    "F and C": rf"\b[°º]?F[ ]?[(/,=][ ]?(?P<second>{_N})[ ]?[°º]?C\b",
    "grams and mg/kg": r"\bg,[ ](?:about |approx\w* |~)?(?P<second>\d{1,4}(?:\.\d)?)[ ]?mg/kg",
    "volume per kg": r"\bmL/kg\b[A-Za-z ']{0,30}?[(=,][ ]?(?P<second>\d,\d{3}|\d{2,4})[ ]?mL\b",
    "pack-years": r"\bppd (?:for |x )?(?P<years>\d{1,2}) ?(?:years|yrs?|"
    r"y)\b[^.;\n]{0,12}?(?P<second>\d{1,3})[ -](?:pack|pk)",
    "best flow": r"\b(?:peak flow|PEFR?|FEV1)\b[^.;\n\d]{0,15}(?P<own>\d{2,3})[^.;\n\d]{0,12}(?P<second>\d{1,3})[ ]?%"
    r" of (?:personal |his |her )?best (?:of )?(?P<best>\d{3})",
    "shares of best": r"\b(?:peak flow|PEFR?|"
    r"FEV1)\b[^.;\n\d]{0,15}(?P<own>\d{2,3})(?:[ ]?L/min)?[ ]?\((?P<first>\d{1,3})[ ]?%"
    r"[^)]{0,12}\)[ ]?(?:->|→|then|to|,|improv\w+ to|"
    r"post)[ ]{0,2}(?P<second>\d{2,3})(?:[ ]?L/min)?[ ]?\((?P<then>\d{1,3})[ ]?%",
    "burn": r"\bTBSA\b[ ]?[:(=][ ]?(?P<parts>(?:[^.;()\n%]{0,24}\d{1,2}(?:\.\d)?[ ]?%[^.;()\n%]{0,24}){2,8})",
}
_BEFORE = re.compile(r"(?P<first>\d{1,4}(?:\.\d{1,2})?)[ ]?%?[ ]?[°º]?$")
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d)?)[ ]?%")
_IDEAL = re.compile(r"\b(?:ideal|IBW|adjusted|lean|capped|max\w*|predicted)\b", re.I)

_WORDINGS = Wordings(lambda: _PAIRS.items())


class _Equation(NamedTuple):
    """Within `off` of each other, as a share, and `within` of it."""

    made: Callable[[float, re.Match[str], float | None], float | None]
    off: float
    within: float


_EQUATIONS = {
    "kg and lb": _Equation(lambda first, match, kg: first * _LB, 0.03, 2),
    "lb and kg": _Equation(lambda first, match, kg: first / _LB, 0.03, 1),
    "C and F": _Equation(lambda first, match, kg: first * _DEGREES + _FREEZING, 0, 0.4),
    "F and C": _Equation(lambda first, match, kg: (first - _FREEZING) / _DEGREES, 0, 0.3),
    "grams and mg/kg": _Equation(lambda first, match, kg: 1000 * first / kg if kg else None, 0.15, 0),
    "volume per kg": _Equation(lambda first, match, kg: first * kg if kg else None, 0.15, 0),
    "pack-years": _Equation(lambda first, match, kg: first * float(match["years"]), 0.25, 0),
    "best flow": _Equation(lambda first, match, kg: 100 * float(match["own"]) / float(match["best"]), 0, 6),
    "shares of best": _Equation(
        lambda first, match, kg: float(match["first"]) * float(match["second"]) / float(match["own"]), 0.15, 4
    ),
    "burn": _Equation(lambda first, match, kg: sum(float(each) for each in _PERCENT.findall(match["parts"])), 0, 1.5),
}


def figures_of_two_units(note: ParsedNote) -> Iterator[TwoWays]:
    for name, match in _WORDINGS.matches_in(note):
        kg = note.of(weight_kg) if name in ("grams and mg/kg", "volume per kg") else None
        before = _BEFORE.search(note.text, max(0, match.start() - 9), match.start())
        first = float(before["first"]) if before else None
        if first is None and name not in ("best flow", "shares of best"):
            continue
        equation = _EQUATIONS[name]
        made = equation.made(first or 0, match, kg)
        told = _told(name, match, first or 0)
        sentence = note.sentence_at(match.start())
        if made is None or _IDEAL.search(note.text, sentence.start, sentence.end):
            continue
        if abs(made - told) > max(equation.within, equation.off * max(made, told)):
            yield TwoWays("product", "warning", match.span(), match.span(), f"The two figures differ: {name}.")


def _told(name: str, match: re.Match[str], first: float) -> float:
    if name == "burn":
        return first
    return float(match["then"]) if name == "shares of best" else float(match["second"].replace(",", ""))
