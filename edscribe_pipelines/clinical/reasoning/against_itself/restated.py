"""A figure that is restated where the note decides, and that stands nowhere before: "HELLP: platelets 52" of 152.

The names of what has a figure are rows of `tables/value_labels.csv`, those of one thing in one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.grounding.whole_words import in_small_letters, whole_words
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.tables import read_table, table_cache

_FIGURE = re.compile(
    r"(?:[ ](?:level|count|score|now|only|just|flat|about|stable|rate|rise|rose|fall|fell|"
    r"series)\b)?(?:[ ]?[:=|]{1,2}|[ ](?:of|is|was|at)\b)?[ ]?"
    r"(?P<value>\d{1,3}(?:,\d{3})+|\d{1,6}(?:\.\d{1,2})?)(?:[ ]?(?:/|over)[ ]?\d{1,3}\b)?"
    r"(?![\d:.]*\d|[ ]?(?:[-–]|to)[ ]?\d|-|[ ]?\+|th\b|[ ]?(?:mg|mcg|g|kg|cm|mm|mL|units?|tabs?|tablets?|mEq|"
    r"days?|weeks?|h|hrs?|"
    r"hours?|hourly|hrly|mins?|minutes?|months?|years?|x|am|pm|doses|vials|times|bags?)\b(?!/)|[ ]?[x×])",
    re.I,
)
_MORE = re.compile(
    r"(?:[ ]?[a-zA-Zµ]{1,4}/(?:d?L|mL)|[ ]?mmHg|[ ]?%)?(?:[ ]\([^)\n]{1,20}\))?(?:[ ](?:at|@)[ ]?\d{1,2}:?\d{2})?[ ]?"
    r"(?:,?[ ](?:then|and|to|later|falling to|rising to|repeat)\b|-+>|→|=>|>)[ ]?(?P<value>\d{1,5}(?:\.\d{1,2})?)"
    r"(?![\d:]|\.\d)"
)
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])[:.h]?[0-5]\d\b")
_DIAGNOSIS = re.compile(
    r"[-*•#\d.) ]*(?!\w*(?:urine|post|pre|repeat|recheck|crew|EMS|numbers|labs?|bloods?|results?|left|right|L |R |eye|"
    r"VS|vitals?|doctor|GP|triage|exam|ECG|CT|gas|VBG|ABG|family|four|three|two|one|six|on|at|after|got|transvaginal)\b)"
    r"[A-Z](?:(?!\b(?:urine|scan|ultrasound|US|hours?|count|results?|labs?|CT|ECG|drain|fluids?|arrival|done|given)\b)"
    r"[A-Za-z' /,-]){3,48}:[ ][^\n]{0,80}$",
    re.I,
)
"""What is weighed stands before its reasons, in whatever section the reading put it."""
_AIMED_AT = re.compile(
    r"\b(?:target|goal|keep|until|if|for|transfuse|threshold|baseline|last|prior|previous|old|outside|aim\w*|below|above|"
    r"over|under)\b[^.;,\n]{0,20}$",
    re.I,
)
_DECIDED, _COURSE = "Medical Decision Making", "ED Course & Procedures"
_NOT_OF_NOW = {"Past Medical/Surgical History", "Medications", "Allergies", "Disposition"}
_REACH = 30
_ROUNDED = 0.051
_ROUNDED_AS = {"pH": 0.005}
"""7.28 is not 7.08."""
_SERIES = 2
_NO_ONE_THING = 30
"""Figures so many times apart are of two things: points of a score, another unit."""
_PRESSURE, _OF_THE_EYE = "pressure", "eye pressure"


class _Value(NamedTuple):
    figures: tuple[float, ...]
    place: Place


def figures_restated(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield the first restated figure of each label that none of its other places has."""
    for label, values in _told(note).items():
        for number, value in enumerate(values[1:], 1):
            others = [each for each in values if each is not value]
            if _is_restated(note, value) and not _is_known(value, others, label):
                reason = f"Two values of {label}."
                yield TwoWays("number", "warning", values[number - 1].place, value.place, reason)
                break


def _told(note: ParsedNote) -> dict[str, list[_Value]]:
    told: dict[str, list[_Value]] = {}
    names, automaton = _labels()
    for number, start, end in whole_words(automaton, in_small_letters(note.text)):
        figure = _FIGURE.match(note.text, end)
        before = note.text[max(0, start - 2) : start].strip()[-1:]
        if figure and before != "/" and not before.isdigit() and note.section_at(start) not in _NOT_OF_NOW:
            value = _Value(_figures(note.text, figure), (start, figure.end("value")))
            told.setdefault(names[number], []).append(value)
    if _OF_THE_EYE in told and _PRESSURE in told:
        told[_OF_THE_EYE] = sorted((*told[_OF_THE_EYE], *told.pop(_PRESSURE)), key=lambda each: each.place)
    told.pop(_PRESSURE, None)
    return {label: values for label, values in told.items() if len(values) > 1}


def _figures(text: str, first: re.Match[str]) -> tuple[float, ...]:
    figures = [float(first["value"].replace(",", ""))]
    end = first.end()
    while more := _MORE.match(text, end):
        figures.append(float(more["value"]))
        end = more.end()
    return tuple(figures)


def _is_restated(note: ParsedNote, value: _Value) -> bool:
    start, end = value.place
    sentence, section = note.sentence_at(start), note.section_at(start)
    if section != _DECIDED and (section == _COURSE or not _DIAGNOSIS.match(note.text[sentence.start : start])):
        return False
    around = max(sentence.start, start - _REACH), min(max(sentence.end, end), end + _REACH)
    if note.context(start, end) & NOT_TODAYS - {"uncertain"} or _CLOCK.search(note.text, around[0], start):
        return False
    if _AIMED_AT.search(note.text, around[0], start):
        return False
    return not says_why(note, *around, "changed", "later", "contrast")


def _shares(one: _Value, other: _Value, label: str) -> bool:
    """Whether one figure of both is the same, or both are of two things."""
    apart = max(one.figures[0], other.figures[0]) > _NO_ONE_THING * min(one.figures[0], other.figures[0])
    return apart or any(
        abs(this - that) <= _ROUNDED_AS.get(label, _ROUNDED) * max(this, that)
        for this in one.figures
        for that in other.figures
    )


def _is_known(value: _Value, others: list[_Value], label: str) -> bool:
    """Whether a figure stands elsewhere, too, and each figure of a series where another place has a series."""
    if not any(_shares(value, each, label) for each in others):
        return False
    if len(value.figures) < _SERIES or all(len(each.figures) < _SERIES for each in others):
        return True
    known = [figure for each in others for figure in each.figures]
    off = _ROUNDED_AS.get(label, _ROUNDED)
    return all(any(abs(this - that) <= off * max(this, that) for that in known) for this in value.figures)


@table_cache
def _labels() -> tuple[list[str], AhoCorasick]:
    labels = {name: row["label"] for row in read_table("value_labels.csv") for name in row["names"].split(";")}
    return list(labels.values()), AhoCorasick(list(labels), implementation=Implementation.DFA)
