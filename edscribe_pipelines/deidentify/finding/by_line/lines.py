"""A text as the lines that are read one by one, with the characters where they were.

Hard-wrapped prose is read as one line, its line ends as spaces, so that a name broken over an end is one name. Dashes
and blanks are read as a keyboard has them, so that a pattern need not list their kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LONGEST = 2_000
"""Longer lines are read in pieces, which bounds what one pattern can cost."""

_WRAPS_AT = range(55, 110)
"""How long a line is that a typist's screen or an interface broke."""

_GOES_ON = re.compile(
    r"[ \t]{0,3}(?![A-Z]{2,4}(?: ?/ ?[A-Z]{2,4})?[ \t]*\Z|[A-Z][\w /&#.-]{0,30}[:=]|[-*•]|\d+[.)]\s)[\w(\[\"']"
)
"""How a line begins that continues the one before: with no heading, item or typist's initials."""

_DASH = re.compile(r"(?<=[\d)xX*])(?P<before> ?)[\u2010-\u2015\u2212](?= ?[\d(xX*])")
_AT = str.maketrans("\uff20\ufe6b", "@@")
_BLANK = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


class Line(NamedTuple):
    offset: int
    text: str


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of `text` that hold anything."""
    for line in _unwrapped(text):
        if line.text and not line.text.isspace():
            yield from _pieces(line)


def _unwrapped(text: str) -> Iterator[Line]:
    offset, gathered = 0, ""
    for raw in text.splitlines(keepends=True):
        line = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        if gathered and not _GOES_ON.match(line):
            yield Line(offset - len(gathered), gathered.rstrip(" "))
            gathered = ""
        if len(line) in _WRAPS_AT and len(gathered) < _LONGEST:
            gathered += line + " " * (len(raw) - len(line))
        else:
            yield Line(offset - len(gathered), gathered + line)
            gathered = ""
        offset += len(raw)
    if gathered:
        yield Line(offset - len(gathered), gathered)


def _pieces(line: Line) -> Iterator[Line]:
    start = 0
    while len(line.text) - start > _LONGEST:
        end = start + _LONGEST
        end = max(line.text.rfind(" ", end - 200, end), start + _LONGEST // 2) + 1
        yield Line(line.offset + start, line.text[start:end])
        start = end
    yield Line(line.offset + start, line.text[start:])


def with_plain_signs(line: str) -> str:
    """Return `line`, as long as it is, with "-" for any dash between digits, a blank for any kind of it, "@" for a
    wide or small one."""
    if line.isascii():
        return line
    return _BLANK.sub(" ", _DASH.sub(r"\g<before>-", line)).translate(_AT)
