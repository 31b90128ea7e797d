"""Vital signs that a note mentions: which, with what value in the units of `records.VitalSigns`, and where.

A dose, a date, a target or a threshold beside the same words is no mention. What is mentioned need not be
possible, nor the patient's own today: `vitals` judges the first, `vital_sets` the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple


class VitalMention(NamedTuple):
    """`value` of `field` at note[start:end]. A pressure written as a pair is two mentions of one place."""

    field: str
    value: float
    start: int
    end: int


_LINK = (
    r"(?:[ \t]*\([^)\n]{1,12}\))?[ \t]*[:=~]?[ \t]*"
    r"(?i:(?:is|was|were|of|at|in|the|to|now|noted|be|as|total|score|about|approximately|around|recorded|measured|"
    r"currently|initially|initial|repeat|on|arrival|triage|up|down|increased|decreased|improved|elevated|remained|"
    r"dropped|fell|rose|low|high|markedly|only)[ \t:]+){0,4}"
)
_NOT_ANOTHER_QUANTITY = (
    r"(?![\d:+]|[.,/-]\d|[ \t]?(?:mg|mcg|g|mL|ml|cc|L|lpm|LPM|ms|units?|years?|yo|y/o|min(?:utes?)?[ \t]|min:|hours?|"
    r"hrs?|days?|weeks?)\b)"
)
_WHOLE = rf"(?P<value>\d{{1,3}}){_NOT_ANOTHER_QUANTITY}"
_PRESSURE = r"(?i: blood pressure| BP)?)"

_SINGLE = {
    "heart_rate_bpm": rf"\b(?:HR|(?i:heart rate|pulse(?: rate)?)(?! ?[Oo]x))\b{_LINK}{_WHOLE}",
    "respiratory_rate_bpm": rf"\b(?:RR|(?i:resp(?:iratory|irations?|s)?(?: rate)?))\b{_LINK}{_WHOLE}",
    "spo2_pct": (
        r"\b(?i:SpO2|SaO2|O2 sat(?:uration)?s?|oxygen saturations?|sats|sat(?=[ \t]*[:=]?[ \t]*\d+ ?%)|satting|"
        rf"saturating|pulse ox(?:imetry)?)\b{_LINK}(?P<value>\d{{1,3}}(?:\.\d)?){_NOT_ANOTHER_QUANTITY}(?: ?%)?"
    ),
    "gcs_total": rf"\b(?:GCS|(?i:glasgow coma (?:scale|score)))\b{_LINK}(?P<value>\d{{1,2}})(?![\dT.]|[-/]\d[-/]\d)",
    "sbp_mmhg": rf"\b(?:SBP|(?i:systolic){_PRESSURE}\b{_LINK}{_WHOLE}",
    "dbp_mmhg": rf"\b(?:DBP|(?i:diastolic){_PRESSURE}\b{_LINK}{_WHOLE}",
    "pain_0_10": (
        rf"\b[Pp](?i:ain)(?i:[ \t]+(?:score|level|scale|rating|severity|intensity))?{_LINK}"
        r"(?P<value>\d{1,2})(?:[ \t]?/[ \t]?10\b(?!/)|[ \t]out[ \t]of[ \t]10\b)"
        r"|\b(?P<before>\d{1,2})(?:/10|[ \t]out[ \t]of[ \t]10)[ \t]pain\b"
    ),
    "temperature_degf": (
        rf"\b(?:(?i:temp(?:erature)?|tmax)|T(?=[ \t]*[:=]?[ \t]*\d+(?:\.\d|[ \t]?[°ºCF])))\b{_LINK}"
        r"(?P<value>\d{2,3}(?:[.,]\d{1,2})?)(?![\d:/])"
        r"(?:[ \t]?(?:°|º|(?i:deg(?:rees)?)\b)?[ \t]?(?P<unit>[CF]\b|(?i:celsius|fahrenheit)))?"
    ),
}
_TERSE = {
    "heart_rate_bpm": r"(?:HR|P|Pulse)[ \t:=]*(?P<value>\d{2,3})",
    "respiratory_rate_bpm": r"(?:RR|R|Resp)[ \t:=]*(?P<value>\d{1,2})",
    "spo2_pct": r"(?:SpO2|SaO2|O2[ \t]?sats?|O2|Sats?|saturations?|PO)[ \t:=]*(?P<value>\d{2,3})[ \t]?%",
    "temperature_degf": r"(?:T|Temp)[ \t:=]*(?P<value>\d{2,3}(?:\.\d{1,2})?)[ \t]?°?(?P<unit>[CF]\b)?",
}
"""Labels of a letter or two, or without a space before the value, as a line of vital signs has them."""
_COMPILED_TERSE = {
    field: re.compile(rf"(?<![A-Za-z0-9]){pattern}(?![\d.]*[/:]?\d|[ \t]?(?:kg|mg|mcg|L)\b|\+)", re.I)
    for field, pattern in _TERSE.items()
}
_TERSE_PRESSURES = re.compile(r"\bBP[:=]?(?P<sbp>\d{2,3})/(?P<dbp>\d{2,3})(?![\d/])")
_LINE_OF_VITALS = re.compile(r"^.*(?:\b(?:vitals?|VS|V/S)\b|\bBP[ \t:=]*\d{2,3}/\d{2,3}).*$", re.I | re.M)
_COMPILED = {field: re.compile(pattern) for field, pattern in _SINGLE.items()}
_PRESSURES = re.compile(
    rf"\b(?:N?I?BP|(?i:blood pressures?))\b{_LINK}(?P<sbp>\d{{1,3}})[ \t]?(?:/|over)[ \t]?(?P<dbp>\d{{1,3}})(?![\d/])"
)
_NOT_MEASURED = re.compile(
    r"\b(?:target|goal|maintain|keep|titrat\w+(?: \w+)? to|hold (?:for|if)|if|until|fetal|predicted)\s+"
    r"(?:an?\s+|the\s+)?$",
    re.I,
)


def vital_mentions(note: str) -> list[VitalMention]:
    """Return the mentions in the order of the note, the systolic of a pair before its diastolic."""
    return sorted((*_single_values(note), *_pressure_pairs(note)), key=attrgetter("start"))


def terse_mentions(note: str) -> list[VitalMention]:
    """Return what lines of vital signs mention besides, in labels too short to be trusted elsewhere."""
    found: list[VitalMention] = []
    for line in _LINE_OF_VITALS.finditer(note):
        for field, pattern in _COMPILED_TERSE.items():
            found += (
                VitalMention(field, _value(field, match), *match.span())
                for match in pattern.finditer(note, *line.span())
            )
        for match in _TERSE_PRESSURES.finditer(note, *line.span()):
            found += _pair(match)
    return found


def _single_values(note: str) -> Iterator[VitalMention]:
    for field, pattern in _COMPILED.items():
        for match in pattern.finditer(note):
            if _is_measured(note, match):
                yield VitalMention(field, _value(field, match), *match.span())


def _pressure_pairs(note: str) -> Iterator[VitalMention]:
    for match in _PRESSURES.finditer(note):
        if _is_measured(note, match):
            yield from _pair(match)


def _pair(match: re.Match[str]) -> tuple[VitalMention, VitalMention]:
    return (
        VitalMention("sbp_mmhg", float(match["sbp"]), *match.span()),
        VitalMention("dbp_mmhg", float(match["dbp"]), *match.span()),
    )


def _is_measured(note: str, match: re.Match[str]) -> bool:
    return not _NOT_MEASURED.search(note, max(0, match.start() - 40), match.start())


def _value(field: str, match: re.Match[str]) -> float:
    """Without a unit a temperature up to 50 is read as Celsius: no living adult is at 50 F."""
    value = float((match["value"] or match["before"]).replace(",", "."))
    if field != "temperature_degf":
        return value
    unit = (match["unit"] or ("C" if value <= 50 else "F")).upper()
    return round(value * 9 / 5 + 32, 1) if unit.startswith("C") else value
