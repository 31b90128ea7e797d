"""A change that its two figures do not make: "SpO2 rose from 96% to 84%", "Hgb 13.9, down from 10.8".

What is better or worse of a measure are rows of `tables/normal_ranges.csv`: better is closer to the range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.tables import read_table, table_cache

_UP = r"rose|risen|rising|rises|increas(?:ed|ing)|climb(?:ed|ing)|went up|uptrend(?:ed|ing)|up"
_DOWN = (
    r"fell|fallen|falling|falls|dropp(?:ed|ing)|drops?|decreas(?:ed|ing)|declin(?:ed|ing)|came down|went "
    r"down|down|down-?trend(?:ed|ing)|cleared"
)
_BETTER = r"improv(?:ed|ing)|recover(?:ed|ing)|better|normali[sz](?:ed|ing)|eas(?:ed|ing)"
_WORSE = r"worsen(?:ed|ing)|deteriorat(?:ed|ing)|worse"
_WORD = rf"(?P<word>(?:{_UP})|(?:{_DOWN})|(?:{_BETTER})|(?:{_WORSE}))"
_UNIT = r"(?:[ ]?(?:%|/10|/15|out of 10|mg/dL|g/dL|mmol/L|mEq/L|ng/L|ng/mL|/min|bpm|mmHg|cm|L/min|C|F))?"
_GUARD = r"(?![\d:.]*\d|[ ]?(?:h|hours?|min\w*|days?|weeks?|am|pm|years?|kg|lbs?|Fr|gauge)\b)"
_FIRST = rf"(?P<first>\d{{1,4}}(?:\.\d{{1,2}})?)(?:/\d{{2,3}})?{_UNIT}{_GUARD}"
_THEN = rf"(?P<then>\d{{1,4}}(?:\.\d{{1,2}})?)(?:/\d{{2,3}})?{_UNIT}{_GUARD}"
_CHANGES = Wordings(
    lambda: {
        "from first": rf"\b{_WORD}(?:[ ](?:slightly|steadily|nicely|significantly|further))?[ ]from[ ](?:an? "
        rf")?{_FIRST}[ ]?(?:to|->|→)[ ]?{_THEN}",
        "to then": rf"\b{_WORD}[ ](?:back[ ])?to[ ]{_THEN},?[ ]\(?(?:from|was)[ ]{_FIRST}",
        "between": rf"\b{_WORD}[ ]to[ ]{_THEN}(?![ ]\(?from)",
        "in brackets": rf"\b{_WORD}(?=[ ]?[).,;])",
        "behind": rf"\b{_WORD}[ ]from[ ]{_FIRST}(?![ ]?(?:to|->|→)[ ]?\d)",
    }.items()
)
_OF_BOTH = re.compile(rf"(?<![\w./:-]){_FIRST}[ ]?(?:->|→|to|then)[ ]?{_THEN},?[ ]?\(?$")
_OF_THE_FIRST = re.compile(rf"(?<![\w./:-]){_FIRST}(?:,|[ ]and|[ ]then)?[ ]$")
_OF_THE_THEN = re.compile(rf"(?<![\d./:-]){_THEN}[ ]?(?:,|\(|;|-)[ ]?$")
_HALVES = {"between": _OF_THE_FIRST, "behind": _OF_THE_THEN, "in brackets": _OF_BOTH}
_DOSED = re.compile(r"^[ ]?(?:mcg|mg|mL|units?|L\b|g\b|J\b|joules|cmH2O|liters?|litres?|puffs|tablets?)", re.I)
_BACK, _NAMED = 16, 46
_LOWER = re.compile(rf"(?:{_DOWN})$", re.I)
_HIGHER = re.compile(rf"(?:{_UP})$", re.I)
_GOOD = re.compile(rf"(?:{_BETTER})$", re.I)


def changes_the_other_way(note: ParsedNote) -> Iterator[TwoWays]:
    for form, match in _CHANGES.matches_in(note):
        told = match.groupdict()
        place = match.span()
        if form in _HALVES:
            missing = _HALVES[form].search(note.text, max(0, match.start() - _BACK), match.start())
            if not missing:
                continue
            told |= missing.groupdict()
            place = missing.start(), match.end()
        is_dose = _DOSED.match(note.text, match.end()) or _DOSED.search(note.text[match.end() : match.end() + 8])
        if is_dose or note.context(*place) & {"hypothetical", "family", "planned"}:
            continue
        citation = _fails(note, told["word"], float(told["first"]), float(told["then"]), place[0])
        if citation:
            yield TwoWays("change", "warning", place, match.span("word"), "The two figures go the other way.", citation)


def _fails(note: ParsedNote, word: str, first: float, then: float, start: int) -> str:
    """Return what says so where the figures do not make this change, else nothing."""
    if _LOWER.match(word) or _HIGHER.match(word):
        is_wrong = then > first if _LOWER.match(word) else then < first
        return "The meaning of the word (general knowledge)" if is_wrong else ""
    row = _range_named(note.text, start)
    if row is None:
        return ""
    before, after = (_distance(each, row) for each in (first, then))
    is_wrong = after > before if _GOOD.match(word) else after < before
    return cited(row) if is_wrong else ""


def _range_named(text: str, start: int) -> dict[str, str] | None:
    """Return the measure that is named last before the change."""
    named = [(match.end(), name) for name, match in _names().matches(text[max(0, start - _NAMED) : start])]
    return _rows()[max(named)[1]] if named else None


def _distance(value: float, row: dict[str, str]) -> float:
    return max(float(row["low"]) - value, value - float(row["high"]), 0)


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["measure"]: row for row in read_table("normal_ranges.csv")}


@table_cache
def _names() -> PatternSet[str]:
    return PatternSet((name, row["wording"]) for name, row in _rows().items())
