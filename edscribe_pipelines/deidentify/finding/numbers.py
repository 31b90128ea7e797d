"""Numbers by elimination: a long number that no unit, no laboratory value and no code explains is somebody's.

Values of the clinic have few digits. What has five or more in one piece, or is cut by dashes as record numbers
are, is kept only if a unit stands behind it or a measured quantity before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.tables import word_list

_RULE = "number_unlisted"
_NUMBER = re.compile(r"(?<![\w.,/$-])(?:[A-Za-z]{1,5}-)?[A-Za-z]{0,6}\d[A-Za-z\d]*(?:-[A-Za-z\d]+)*(?![\w%/]|[.,]\d)")
_FEWEST_DIGITS = 5
_LONG_TOKEN = 11
"""Letters and digits in one piece that are no word of any language, as in a vehicle's number."""

_DISEASE_CODE = re.compile(r"[A-TV-Za-tv-z]\d[\dA-Za-z]{1,4}[A-Za-z]?")
"""ICD-10-CM without its dot: at most seven characters."""

_NAMES_CODES = re.compile(r"\b(?:ICD|dx|diagnos\w+|code[sd]?)\b", re.I)
_REACH, _LONGEST_NAME = 60, 30

_OBSTETRIC = re.compile(r"[Gg]\d{1,2}[Pp]\d{1,4}")
"""Pregnancies and births: G2P1001."""

_YEARS = re.compile(r"(?:19|20)\d\d-(?:19|20)\d\d")
_BEFORE = re.compile(r"([A-Za-z]+)[^A-Za-z\n]{0,12}$")
_VITAL_SIGN = re.compile(
    r"(?<![A-Za-z])([A-Za-z]+2?)(?: ?(?:is|was|of|at|now|to))?[ \t:=~@(]{0,3}"
    r"(?:\d{2,3}/|\d{2,3} ?(?:-|->|to) ?)?$"
)
_OF_AGES = frozenset(("m", "f"))
"""Behind an age a sex, and no unit."""
_AFTER = re.compile(r"[ ]?([A-Za-z%]+(?:/[A-Za-z]+)?)")


def find_unlisted_numbers(line: str) -> Iterator[Span]:
    """Yield the long numbers of `line` that nothing clinical explains."""
    for match in _NUMBER.finditer(line):
        if _is_long(match[0]) and not is_measured(line, match.start(), match.end()):
            yield Span(match.start(), match.end(), "OTHER_ID", _RULE)


def _is_long(token: str) -> bool:
    digits = sum(character.isdigit() for character in token)
    if digits > 1 and max(map(len, token.split("-"))) >= _LONG_TOKEN:
        return True
    if digits < _FEWEST_DIGITS or any(code.fullmatch(token) for code in (_DISEASE_CODE, _OBSTETRIC, _YEARS)):
        return False
    parts = token.split("-")
    is_range = len(parts) == 2 and all(part.isdigit() and len(part) <= 3 for part in (parts[0], parts[1].rstrip("kK")))
    return not is_range


def is_disease_code(line: str, start: int, end: int) -> bool:
    """Whether a code of ICD-10-CM stands here, and the line says so before it."""
    return bool(_DISEASE_CODE.fullmatch(line, start, end) and _NAMES_CODES.search(line, max(0, start - _REACH), start))


def is_measured(line: str, start: int, end: int) -> bool:
    """Whether a number has a unit behind it or a measured quantity before it."""
    after = _AFTER.match(line, end)
    if after and after[1].lower() in word_list("unit_of_value"):
        return True
    first, *others = line[start:end].split("-")
    if others and len(first) != len(others[0]):
        return False
    before = _BEFORE.search(line[max(0, start - 30) : start])
    return before is not None and before[1].lower() in word_list("measured_quantity")


def is_vital_sign(line: str, start: int, end: int) -> bool:
    """Whether the name of a vital sign stands directly before a number, or its unit behind: HR 98, BP 140/98."""
    after = _AFTER.match(line, end)
    if after and after[1].lower() in word_list("unit_of_value") - _OF_AGES:
        return True
    before = _VITAL_SIGN.search(line, max(0, start - _LONGEST_NAME), start)
    return before is not None and before[1].lower() in word_list("vital_sign")
