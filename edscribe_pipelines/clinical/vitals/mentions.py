"""Vital signs that a note mentions: which, with what value in the units of `records.VitalSigns`, and where.

A dose, a date, a target or a threshold beside the same words is no mention. What is mentioned need not be
possible, nor the patient's own today: `checks` judges the first, `whose` the second.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.vitals.columns import values_in_columns
from edscribe_pipelines.clinical.vitals.labels import LINE, Label, labels_in
from edscribe_pipelines.clinical.vitals.lines import values_in_line
from edscribe_pipelines.clinical.vitals.stated import Kind
from edscribe_pipelines.clinical.vitals.values import values_behind
from edscribe_pipelines.tables import read_table, table_cache


class VitalMention(NamedTuple):
    """`value` of `field` at text[start:end]. A pressure written as a pair is two mentions of one place."""

    field: str
    value: float
    start: int
    end: int
    kind: Kind = "value"

    @property
    def highest(self) -> float:
        """The value, or the highest that "in the 80s" can mean."""
        return self.value + 9 if self.kind == "decade" else self.value


_place = attrgetter("start", "end")
_BEFORE = 30
_PAIN_BEFORE = re.compile(r"\b(?P<value>\d{1,2})(?:/10|[ \t]out[ \t]of[ \t]10)[ \t]$")


def vital_mentions(note: ParsedNote) -> tuple[VitalMention, ...]:
    """Return the mentions in the order of the note, the systolic of a pair before its diastolic."""
    return note.of(_mentions_of)


def _mentions_of(note: ParsedNote) -> tuple[VitalMention, ...]:
    return mentions_in(note.text)


def mentions_in(text: str) -> tuple[VitalMention, ...]:
    """Return the mentions in the order of any text."""
    labels = list(labels_in(text))
    found = sorted(chain.from_iterable(_mentions_behind(text, label) for label in labels), key=_place)
    found += _mentions_of_lines(text, labels, found)
    return tuple(sorted([*found, *_mentions_of_columns(text, found)], key=_place))


def _mentions_of_columns(text: str, found: list[VitalMention]) -> Iterator[VitalMention]:
    """Yield what tables of vital signs mention besides."""
    for stated in values_in_columns(text):
        if not any(each.start < stated.end and stated.start < each.end for each in found):
            yield VitalMention(*stated)


def _mentions_behind(text: str, label: Label) -> Iterator[VitalMention]:
    """Yield what is stated behind a label; the first value's place begins with the label."""
    if label.field == LINE or _is_target(text, label.start):
        return
    begun = None
    for field, value, start, end, kind in values_behind(text, label.field, label.end, label.needs_unit):
        begun = start if begun is None else begun
        yield VitalMention(field, value, label.start if start == begun else start, end, kind)
    if label.field == "pain_0_10" and begun is None:
        before = _PAIN_BEFORE.search(text, max(0, label.start - 12), label.start)
        if before:
            yield VitalMention(label.field, float(before["value"]), before.start(), label.end)


def _is_target(text: str, start: int) -> bool:
    """Whether the words right before a label make its value one that nobody measured."""
    before = text[max(0, start - _BEFORE) : start].rstrip(" \t")
    if not before or before[-1] in _CLOSING:
        return False
    words = before.lower().translate(_MARKS).split()
    while words and words[-1] in _SMALL_WORDS:
        words.pop()
    if not words or words[-1] not in _last_words():
        return False
    return any(" ".join(words[-count:]) in _targets() for count in (1, 2))


_CLOSING = ",;.%)|\n"
_MARKS = str.maketrans("(/:", "   ")
_SMALL_WORDS = {"a", "an", "the", "of", "for", "is", "her", "his"}


@table_cache
def _targets() -> frozenset[str]:
    return frozenset(row["words"].lower() for row in read_table("vital_contexts.csv") if row["context"] == "target")


@table_cache
def _last_words() -> frozenset[str]:
    return frozenset(words.split()[-1] for words in _targets())


def _mentions_of_lines(text: str, labels: list[Label], found: list[VitalMention]) -> Iterator[VitalMention]:
    """Yield what lines of vital signs mention besides, in labels too short to be trusted elsewhere or in none;
    `found` is in the order of the text."""
    starts = [mention.start for mention in found]
    ends = [mention.end for mention in found]
    lines = dict.fromkeys(
        _line_around(text, place)
        for place in chain(
            (label.end for label in labels if label.field == LINE),
            (mention.start for mention in found if mention.field == "dbp_mmhg"),
        )
    )
    for start, end in lines:
        for field, value, place, place_end, kind in values_in_line(text, start, end):
            if bisect_left(starts, place_end) == bisect_right(ends, place):
                yield VitalMention(field, value, place, place_end, kind)


def _line_around(text: str, place: int) -> tuple[int, int]:
    end = text.find("\n", place)
    return text.rfind("\n", 0, place) + 1, end if end >= 0 else len(text)
