"""What a note tells of a laboratory value or another measure: its values, or a word for them.

Measures are rows of `tables/measures.csv`. A target, a condition and the values of another day are none of today's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, places_of
from edscribe_pipelines.tables import read_table, table_cache


class Measured(NamedTuple):
    """`values` in the order in which they were measured; empty where only a `word` ("normal", "flat") tells them.
    `is_bound` where a value is told as "<5" or ">50"."""

    measure: str
    values: tuple[float, ...]
    is_bound: bool
    word: str
    start: int
    end: int


class Limits(NamedTuple):
    """In the units in which US notes give the measure; None where any value may be called so."""

    low: float | None
    high: float | None
    low_therapeutic: float | None
    high_therapeutic: float | None
    citation: str


_LINK = re.compile(
    r"(?:[ ](?:urine|serum|level|count|post-?void|after (?:voiding|urination)))*"
    r"(?:[ ]*(?:\||:|=|,)|[ ](?:is|was|of|at|only|just|about|went from|from))*(?:[ ]*(?:at[ ])?\d{1,2}:\d\d:?)?[ ]*"
    r"(?![0-2]\d[0-5]\d\b(?![ ]?[a-zA-Z]+/))(?P<bound>[<>≤≥][ ]?|(?:over|under|above|below|less than|more than)[ ])?"
    r"(?P<value>\d{1,3}(?:,\d{3})+|\d{1,5}(?:\.\d{1,2})?)(?![\d:/.]*\d|[ ]?[-–][ ]?\d)"
    r"(?![ ]?(?:mg\b(?!/)|mEq|tabs?|tablets?|units? (?:of|PO|IV)|g (?:PO|IV)|"
    r"days?|weeks?|h\b|hours?|lakh|,\d\b)|,[ ]?\d{1,2}[ ]?(?:,|h\b|hours?))",
    re.I,
)
_THEN = re.compile(
    r"(?:[ ]?(?:[a-zA-Zµ]{1,5}/(?:d?L|mL|hpf)|mL|ms|%))?(?:[ ]\([^)]{1,24}\))?"
    r"[ ]*(?:-+>|→|=>|,?[ ](?:then|and|to|later|repeat))[ ]+(?:of[ ]|was[ ])?"
    r"(?P<value>\d{1,5}(?:\.\d{1,2})?)(?![\d:/]|\.\d)"
    r"(?![ ]?(?:u|units?|L|g|mg|bags?)\b)"
)
_WORD = r"(?P<word>normal|nl|wnl|unremarkable|flat|unchanged|stable|negative|neg|positive|pos|elevated|high|low)"
_WORD_BEHIND = re.compile(rf"(?:[ ](?:is|was|were|are|remains?|levels?)|[ ]*[:=])?(?: x ?\d)?[ ]{_WORD}\b", re.I)
_WORD_BEFORE = re.compile(rf"\b(?:(?:two|2|serial|repeat)[ ])?{_WORD}[ ](?:serial[ ]|two[ ]|2[ ])?$", re.I)
_SAME_WORD = {"nl": "normal", "wnl": "normal", "unremarkable": "normal", "neg": "negative", "pos": "positive"}
_NOT_TODAYS = {"historical", "family", "hypothetical", "planned"}
_TARGET = re.compile(
    r"\b(?:target|goal|keep|if|until|transfuse (?:for|if|to)|threshold|baseline|from|last|prior|previous|old|outside)\b"
    r"[^.;,\n]{0,30}$",
    re.I,
)
_REACH = 45
_LIMITS = ("low_normal", "high_normal", "low_therapeutic", "high_therapeutic")


def measured_in(note: ParsedNote, measure: str) -> list[Measured]:
    """Return where the note tells the measure of today, in the order of the note."""
    read = (_read(note.text, measure, place) for place in places_of(note, "measure", measure))
    return [each for each in read if each and _is_of_today(note, each)]


def every_value(note: ParsedNote, measure: str) -> list[Measured]:
    """Return where the note tells a value of the measure, of whatever day."""
    read = (_read(note.text, measure, place) for place in places_of(note, "measure", measure))
    return [each for each in read if each and each.values]


def _is_of_today(note: ParsedNote, told: Measured) -> bool:
    return not note.context(told.start, told.end) & _NOT_TODAYS and not _is_target(note, told.start)


def _is_target(note: ParsedNote, start: int) -> bool:
    return bool(_TARGET.search(note.text, max(note.sentence_at(start).start, start - _REACH), start))


def _read(text: str, measure: str, place: Place) -> Measured | None:
    start, end = place
    value = _LINK.match(text, end)
    if value:
        values = [value["value"]]
        end = value.end()
        while then := _THEN.match(text, end):
            values.append(then["value"])
            end = then.end()
        told = tuple(float(each.replace(",", "")) for each in values)
        return Measured(measure, told, bool(value["bound"]), "", start, end)
    word = _WORD_BEHIND.match(text, end) or _WORD_BEFORE.search(text, max(0, start - 24), start)
    if not word:
        return None
    said = word["word"].lower()
    return Measured(measure, (), False, _SAME_WORD.get(said, said), min(start, word.start()), max(end, word.end()))


@table_cache
def limits_of_measures() -> dict[str, Limits]:
    return {row["measure"]: _limits(row) for row in read_table("measures.csv")}


def _limits(row: dict[str, str]) -> Limits:
    low, high, low_therapeutic, high_therapeutic = (_figure(row[column]) for column in _LIMITS)
    return Limits(low, high, low_therapeutic, high_therapeutic, row["source"])


def _figure(cell: str) -> float | None:
    return float(cell) if cell else None
