"""Dashes, blanks and @ as a keyboard has them, so that a pattern need not list their kinds; no character moves."""

from __future__ import annotations

import re

_DASH = re.compile(r"(?<=[\d)xX*])(?P<before> ?)[\u2010-\u2015\u2212](?= ?[\d(xX*])")
_AT = str.maketrans("\uff20\ufe6b", "@@")
_BLANK = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def with_plain_signs(line: str) -> str:
    """Return `line`, as long as it is, with "-" for any dash between digits, a blank for any kind of it, "@" for a
    wide or small one."""
    if line.isascii():
        return line
    return _BLANK.sub(" ", _DASH.sub(r"\g<before>-", line)).translate(_AT)
