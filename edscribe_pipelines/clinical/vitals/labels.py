"""Where a text names a vital sign: one pass for all labels of `tables/vital_labels.csv`.

A label of a letter or two is none but in a line of vital signs, or where its number has a unit or decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from edscribe_pipelines.clinical.patterns.spellings import in_small_ascii
from edscribe_pipelines.clinical.vitals.spoken import SPOKEN_NEAR
from edscribe_pipelines.tables import read_table, table_cache

LINE = "line"
"""The field of a label that says that vital signs follow."""
_FOLLOWED = "gcs_parts"
"""Labels of which the next letter belongs to the value: E4V5M6."""
_NEEDS_UNIT = "with a unit or decimals"
_IN_LINE = "line of vital signs"
_A_DIGIT_IS_NEAR = re.compile(r"[^\n\d]{0,60}\d")
_SCORE_BEFORE = "10 "
"""How "8/10 pain" puts its number first."""


class Label(NamedTuple):
    """text[start:end] names `field`, if what follows is its value."""

    field: str
    start: int
    end: int
    needs_unit: bool


class _Spelling(NamedTuple):
    field: str
    exact: str | None
    needs_unit: bool


class _Labels(NamedTuple):
    automaton: AhoCorasick
    spellings: list[list[_Spelling]]
    letters: list[tuple[re.Pattern[str], str]]


def labels_in(text: str) -> Iterator[Label]:
    """Yield the labels with a number near, those of one letter last."""
    known = _labels()
    for index, start, end in known.automaton.find_matches_as_indexes(in_small_ascii(text)):
        if start and text[start - 1].isalnum():
            continue
        for field, exact, needs_unit in known.spellings[index]:
            if _is_whole(text, start, end, field, exact) and _has_number(text, start, end):
                yield Label(field, start, end, needs_unit)
    for pattern, field in known.letters:
        for match in pattern.finditer(text):
            if not (match.start() and text[match.start() - 1].isalnum()):
                yield Label(field, match.start(), match.end(), True)


def _is_whole(text: str, start: int, end: int, field: str, exact: str | None) -> bool:
    """Whether the label is a word of its own; behind capitals a number may follow at once ("HR104")."""
    said, following = text[start:end], text[end : end + 1]
    if field == _FOLLOWED or (exact is not None and said != exact):
        return field == _FOLLOWED and said == exact
    return not following.isalnum() or (following.isdigit() and said.isupper())


def _has_number(text: str, start: int, end: int) -> bool:
    if _A_DIGIT_IS_NEAR.match(text, end) or SPOKEN_NEAR.match(text, end):
        return True
    return text.endswith(_SCORE_BEFORE, 0, start)


@table_cache
def _labels() -> _Labels:
    by_string: dict[str, list[_Spelling]] = {}
    letters = []
    for row in read_table("vital_labels.csv"):
        label, needs_unit = row["label"], row["place"] == _NEEDS_UNIT
        if row["place"] == _IN_LINE:
            continue
        if len(label) == 1:
            letters.append((re.compile(rf"{re.escape(label)}(?=[ \t:=-]{{0,3}}\d)"), row["field"]))
        else:
            exact = label if row["spelling"] == "exact" else None
            by_string.setdefault(label.lower(), []).append(_Spelling(row["field"], exact, needs_unit))
    automaton = AhoCorasick(list(by_string), MatchKind.LeftmostLongest, implementation=Implementation.DFA)
    return _Labels(automaton, list(by_string.values()), letters)


@table_cache
def labels_of_lines() -> dict[str, str]:
    """Return for each field the alternatives of `re` that name it in a line of vital signs, the longest first."""
    labels: dict[str, list[str]] = {}
    for row in read_table("vital_labels.csv"):
        if row["place"] == _IN_LINE:
            labels.setdefault(row["field"], []).append(row["label"])
    return {field: "|".join(map(re.escape, sorted(some, key=len, reverse=True))) for field, some in labels.items()}
