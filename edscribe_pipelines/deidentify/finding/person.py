"""Where a name ends among the capitalised words that a pattern took: "Oda Voss Reports" is two words of name.

Patterns take up to four capitalised words, which is quick, and the words that no name holds are looked up here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import regex

from edscribe_pipelines.deidentify.tables import word_list

GROUPS = frozenset({"phi", "person", "anyperson", "person_before", "anyperson_before"})
"""The groups of a pattern that are finds. A `person` is not in capitals, `anyperson` may be; the name ends where
a word is none, and with `_before` it is the words next to the end that count."""

_WORD: Any = regex.compile(r"[\p{L}\p{M}]+(?:['’\-][\p{L}\p{M}]+)*+\.?")


def cut(text: str, start: int, end: int, group: str) -> tuple[int, int]:
    """Return the part of `text[start:end]` that is the name; an empty one where no word is."""
    if group == "phi" or start < 0:
        return start, end
    words = list(_WORD.finditer(text, start, end))
    in_capitals = group.startswith("any")
    if group.endswith("_before"):
        names = _leading(reversed(words), in_capitals)
        return (names[-1].start(), end) if _any_name(names) else (start, start)
    names = _leading(words, in_capitals)
    return (start, _end(names[-1], end)) if _any_name(names) else (start, start)


def _leading(words: Iterable[Any], in_capitals: bool) -> list[Any]:
    names = []
    for word in words:
        if not _may_be_name(word[0].rstrip("."), in_capitals):
            break
        names.append(word)
    return names


def _may_be_name(word: str, in_capitals: bool) -> bool:
    if len(word) > 1 and word.isupper():
        return in_capitals and word not in _no_name_in_capitals()
    return word not in word_list("not_name")


def _any_name(words: list[Any]) -> bool:
    return any(len(word[0].rstrip(".")) > 1 for word in words)


def _end(last: Any, end: int) -> int:
    """Return the end of the last word; its full stop belongs to an initial and to Jr., not to a sentence."""
    is_short = len(last[0]) <= 3 and last[0].endswith(".")
    return min(last.end() if is_short else last.start() + len(last[0].rstrip(".")), end)


@cache
def _no_name_in_capitals() -> frozenset[str]:
    return frozenset(word.upper() for word in word_list("not_name"))
