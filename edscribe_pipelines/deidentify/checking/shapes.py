"""Shapes that no clinical text has: `tables/gate_shapes.csv`, and numbers after a label of `gate_labels.csv`.

Speed comes from the hints: a pattern runs only where one of its hints stands in the text with every digit
written as 0. One pass of an Aho-Corasick automaton finds the hints of all shapes. Numbers come first and their labels
after, for a note has few numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.deidentify.checking.check_digits import CHECKS
from edscribe_pipelines.deidentify.checking.written_text import gate_words
from edscribe_pipelines.tables import read_table

_TABLES = "edscribe_pipelines.deidentify.tables"
_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")

_NUMBER = re.compile(r"\d[a-z0-9]*(?:[_./-]{1,2}[a-z]{0,3}\d[a-z0-9]*| \d{2,}(?![\w./]))*")
_DATE = re.compile(r"(?:\d{1,2}|\d{4})([/.-])\d{1,2}\1(?:\d{1,2}|\d{4})|(?:19|20)\d\d[/-](?:19|20)\d\d")
_BEFORE = 40
_GLUED = re.compile(r"(?<![a-z])([a-z]{1,6})[-_]?$")
_ENDS_GLUED = frozenset("abcdefghijklmnopqrstuvwxyz-_")
_WORDS = re.compile(r"no\.|s/n|[a-z]+|[.,;?!()]")
_LINKS = frozenset(
    (
        *("number", "no", "no.", "num", "id", "is", "ref", "scan", "identifier", "on", "code", "of"),
        *("card", "label", "labelled", "labeled", "template", "ending", "ends"),
    )
)
"""Words that may stand between a label and its number."""
_LONG = re.compile(r"\d{7,}(?!\d| ?(?:units?|iu|mg|mcg|ml|cells|copies|cfu|platelets)\b)")


class Shape(NamedTuple):
    rule: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[re.Match[str]], bool]

    def stands_in(self, text: str) -> bool:
        return any(self.check(found) for found in self.pattern.finditer(text))


class Label(NamedTuple):
    rule: str
    min_digits: int


@cache
def shapes() -> tuple[Shape, ...]:
    return tuple(
        Shape(
            row["rule"],
            tuple(hint for hint in row["hints"].split(";") if hint),
            re.compile(row["pattern"]),
            CHECKS[row["check"]],
        )
        for row in read_table("gate_shapes.csv", _TABLES)
    )


@cache
def _labels() -> dict[str, Label]:
    rows = read_table("gate_labels.csv", _TABLES)
    return {row["label"]: Label(row["rule"], int(row["min_digits"])) for row in rows}


def shape_findings(text: str) -> Iterator[str]:
    """Yield the rules that `text`, in plain letters and lower case, breaks."""
    zeros = text.encode("ascii", "replace").translate(_AS_ZEROS).decode("ascii")
    hinted = _hinted_in(zeros)
    yield from (shape.rule for number, shape in enumerate(shapes()) if number in hinted and shape.stands_in(text))
    yield from _numbers(text)


def _hinted_in(zeros: str) -> set[int]:
    """Return the numbers of the shapes that `zeros` has a hint of, and of those that need none."""
    automaton, by_hint, hinted = _hints()
    found = {hint for hint, _, _ in automaton.find_matches_as_indexes(zeros, overlapping=True)}
    return hinted.union(*(by_hint[hint] for hint in found))


@cache
def _hints() -> tuple[AhoCorasick, list[set[int]], set[int]]:
    """Return all hints, the numbers of the shapes that have each, and of those that have none."""
    by_hint: dict[str, set[int]] = {}
    for number, shape in enumerate(shapes()):
        for hint in shape.hints:
            by_hint.setdefault(hint, set()).add(number)
    without = {number for number, shape in enumerate(shapes()) if not shape.hints}
    return AhoCorasick(list(by_hint), implementation=Implementation.DFA), list(by_hint.values()), without


def _numbers(text: str) -> Iterator[str]:
    for found in _NUMBER.finditer(text):
        number = found[0]
        if len(number) < 4 or _DATE.fullmatch(number):
            continue
        digits = sum(map(str.isdigit, number))
        if digits > 3:
            yield from _of_number(text, found.start(), number, digits)


def _of_number(text: str, start: int, number: str, digits: int) -> Iterator[str]:
    before = text[max(start - _BEFORE, 0) : start].rpartition("\n")[2]
    glued = _GLUED.search(before) if before[-1:] in _ENDS_GLUED else None
    if _LONG.match(text, start) and not before.endswith((".", ",")) and not is_measured(before):
        yield "long_number"
    if glued is not None and _is_code(glued[1], number):
        yield "code"
    label = _label_before(before, glued)
    if label is not None and digits >= label.min_digits:
        yield label.rule


def is_measured(before: str) -> bool:
    """Whether one of the two words before a number is something that a laboratory counts."""
    return not gate_words("measured").isdisjoint(_WORDS.findall(before)[-2:])


def _is_code(letters: str, number: str) -> bool:
    """Whether letters glued to digits are longer than any code of a diagnosis (ICD-10-CM: S72001A)."""
    run = len(number) - len(number.lstrip("0123456789"))
    return run > 6 or (run > 5 and len(letters) > 1)


def _label_before(before: str, glued: re.Match[str] | None) -> Label | None:
    if glued is not None:
        if glued[1] in _labels():
            return _labels()[glued[1]]
        before = before[: glued.start()]
    if _ends_with_other_word(before):
        return None
    for word in reversed(_WORDS.findall(before)):
        if word in _labels():
            return _labels()[word]
        if word not in _LINKS:
            return None
    return None


def _ends_with_other_word(before: str) -> bool:
    """Whether the last word is plainly neither a label nor a link, which is quickly seen: most numbers have none."""
    last = before[before.rstrip().rfind(" ") + 1 :].rstrip()
    return last.isascii() and last.isalpha() and last not in _labels() and last not in _LINKS
