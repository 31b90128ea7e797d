"""A text cut into words, runs of digits and single signs; blanks are between them."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|\n|[^\s\w]|_+")


class Token(NamedTuple):
    """text[start:end]; `is_apart` says that a blank or the beginning of the text stands before it."""

    text: str
    start: int
    end: int
    is_apart: bool


def tokens_of(text: str) -> list[Token]:
    tokens: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        tokens.append(Token(match[0], match.start(), match.end(), match.start() != end))
        end = match.end()
    return tokens
