"""Values found character by character: what has no words to join, very long values, scripts without blanks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from edscribe_pipelines.deidentify.finding.known.written import RULE
from edscribe_pipelines.deidentify.finding.spans import Span

_WITHOUT_BLANKS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2,}")
_FEWEST_CHARACTERS = 3


def counts_verbatim(value: str, words: list[str]) -> bool:
    """Whether a value of these words is to be found as it stands. Of a single word, its forms say where it counts."""
    if not value.isascii() and _WITHOUT_BLANKS.fullmatch(value):
        return True
    characters = sum(map(str.isalnum, value))
    return characters >= _FEWEST_CHARACTERS and (len(words) != 1 or len(words[0]) < characters)


def find_verbatim(text: str, values: Iterable[tuple[str, str]]) -> Iterator[Span]:
    for value, span_type in values:
        bounded = not _WITHOUT_BLANKS.fullmatch(value)
        start = text.find(value)
        while start != -1:
            end = start + len(value)
            if not bounded or not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                yield Span(start, end, span_type, RULE)
            start = text.find(value, end)
