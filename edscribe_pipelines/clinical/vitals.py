"""Vital signs: what can be true of an adult, and what is true but must be addressed.

Limits are rows of `tables/vital_limits.csv`, each with source, year and status. `check_vitals` holds the
vital signs that a note mentions to them; crying at a dose, a date or a target is worse here than missing
a number in an unusual phrase, because a critical finding keeps the note out of the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from edscribe_pipelines.clinical.records import Finding, Severity
from edscribe_pipelines.clinical.tables import read_table


@dataclass(frozen=True)
class VitalLimit:
    """Bounds of one vital sign in `unit`; None where there is none. The possible bounds themselves are
    possible, the alarming bounds themselves alarm, as in NEWS2."""

    field: str
    label: str
    unit: str
    possible_low: float
    possible_high: float
    alarming_low: float | None
    alarming_high: float | None
    citation: str


@cache
def vital_limits() -> dict[str, VitalLimit]:
    """Return the limits by the field of `records.VitalSigns` (and `gcs_total`)."""
    return {
        row["field"]: VitalLimit(
            field=row["field"],
            label=row["label"],
            unit=row["unit"],
            possible_low=float(row["possible_low"]),
            possible_high=float(row["possible_high"]),
            alarming_low=_number(row["alarming_low"]),
            alarming_high=_number(row["alarming_high"]),
            citation=f"{row['source']} ({row['year']})",
        )
        for row in read_table("vital_limits.csv")
    }


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


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

_MENTIONS = {
    "heart_rate_bpm": rf"\b(?:HR|(?i:heart rate|pulse(?: rate)?)(?! ?[Oo]x))\b{_LINK}{_WHOLE}",
    "respiratory_rate_bpm": rf"\b(?:RR|(?i:resp(?:iratory|irations?|s)?(?: rate)?))\b{_LINK}{_WHOLE}",
    "spo2_pct": (
        r"\b(?i:SpO2|SaO2|O2 sat(?:uration)?s?|oxygen saturations?|sats|sat(?=[ \t]*[:=]?[ \t]*\d+ ?%)|satting|"
        rf"saturating|pulse ox(?:imetry)?)\b{_LINK}(?P<value>\d{{1,3}}(?:\.\d)?){_NOT_ANOTHER_QUANTITY}(?: ?%)?"
    ),
    "gcs_total": rf"\b(?:GCS|(?i:glasgow coma (?:scale|score)))\b{_LINK}(?P<value>\d{{1,2}})(?![\dT.]|[-/]\d[-/]\d)",
    "sbp_mmhg": rf"\b(?:SBP|(?i:systolic){_PRESSURE}\b{_LINK}{_WHOLE}",
    "dbp_mmhg": rf"\b(?:DBP|(?i:diastolic){_PRESSURE}\b{_LINK}{_WHOLE}",
    "temperature_degf": (
        rf"\b(?:(?i:temp(?:erature)?|tmax)|T(?=[ \t]*[:=]?[ \t]*\d+(?:\.\d|[ \t]?[°ºCF])))\b{_LINK}"
        r"(?P<value>\d{2,3}(?:[.,]\d{1,2})?)(?![\d:/])"
        r"(?:[ \t]?(?:°|º|(?i:deg(?:rees)?)\b)?[ \t]?(?P<unit>[CF]\b|(?i:celsius|fahrenheit)))?"
    ),
}
_COMPILED = {field: re.compile(pattern) for field, pattern in _MENTIONS.items()}
_PRESSURES = re.compile(
    rf"\b(?:N?I?BP|(?i:blood pressures?))\b{_LINK}(?P<sbp>\d{{1,3}})[ \t]?(?:/|over)[ \t]?(?P<dbp>\d{{1,3}})(?![\d/])"
)
_REVERSED = "A diastolic pressure is the lowest of the beat, so below the systolic one, by definition"
_NOT_MEASURED = re.compile(
    r"\b(?:target|goal|maintain|keep|titrat\w+(?: \w+)? to|hold (?:for|if)|if|until|fetal|predicted)\s+"
    r"(?:an?\s+|the\s+)?$",
    re.I,
)
_NO_CIRCULATION = re.compile(r"\b(?:arrest|asystol|pulseless|apne|expired|deceased|time of death|ROSC)", re.I)


def check_vitals(note: str) -> list[Finding]:
    """Return a critical finding for each vital sign of the note that cannot be true and a warning for
    each that is alarming, in the order of the note."""
    findings = [*_single_values(note), *_pressure_pairs(note)]
    return sorted(findings, key=lambda finding: finding["start"] or 0)


def _single_values(note: str) -> Iterator[Finding]:
    for field, pattern in _COMPILED.items():
        for match in pattern.finditer(note):
            if _is_measured(note, match):
                yield from _held_to_limit(note, field, _value(field, match), match)


def _pressure_pairs(note: str) -> Iterator[Finding]:
    for match in _PRESSURES.finditer(note):
        if not _is_measured(note, match):
            continue
        systolic, diastolic = float(match["sbp"]), float(match["dbp"])
        if diastolic >= systolic and systolic > 0:
            message = "Diastolic pressure not below systolic."
            yield _finding("vital.pressures_reversed", "critical", match, message, _REVERSED)
            continue
        yield from _held_to_limit(note, "sbp_mmhg", systolic, match)
        yield from _held_to_limit(note, "dbp_mmhg", diastolic, match)


def _is_measured(note: str, match: re.Match[str]) -> bool:
    return not _NOT_MEASURED.search(note, max(0, match.start() - 40), match.start())


def _value(field: str, match: re.Match[str]) -> float:
    """Without a unit a temperature up to 50 is read as Celsius: no living adult is at 50 F."""
    value = float(match["value"].replace(",", "."))
    if field != "temperature_degf":
        return value
    unit = (match["unit"] or ("C" if value <= 50 else "F")).upper()
    return round(value * 9 / 5 + 32, 1) if unit.startswith("C") else value


def _held_to_limit(note: str, field: str, value: float, match: re.Match[str]) -> Iterator[Finding]:
    limit = vital_limits()[field]
    if value == 0 and _NO_CIRCULATION.search(note):
        return
    if not limit.possible_low <= value <= limit.possible_high:
        message = (
            f"{limit.label.capitalize()} outside {limit.possible_low:g} to {limit.possible_high:g} {limit.unit} "
            "cannot be true."
        )
        yield _finding(f"vital.{field}.impossible", "critical", match, message, limit.citation)
    elif limit.alarming_low is not None and value <= limit.alarming_low:
        message = f"{limit.label.capitalize()} at or below {limit.alarming_low:g} {limit.unit}: to be addressed."
        yield _finding(f"vital.{field}.alarming", "warning", match, message, limit.citation)
    elif limit.alarming_high is not None and value >= limit.alarming_high:
        message = f"{limit.label.capitalize()} at or above {limit.alarming_high:g} {limit.unit}: to be addressed."
        yield _finding(f"vital.{field}.alarming", "warning", match, message, limit.citation)


def _finding(rule: str, severity: Severity, match: re.Match[str], message: str, citation: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        section=None,
        start=match.start(),
        end=match.end(),
        message=message,
        citation=citation,
    )
