"""Clinical phrases that look like names: eponyms and brand drugs.

Weak evidence of a name gives way to them; a title, a role or a relative beside the word does not. An
eponym that is also a surname (`in_context`) is kept only where a clinical noun or cue stands beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, lru_cache
from typing import Any

from edscribe_pipelines.clinical.tables import read_table
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.tables import FOLDER, word_list


class ProtectedPhrases:
    """The clinical phrases of one text."""

    def __init__(self, text: str) -> None:
        self._ranges = sorted(match.span() for pattern in _patterns() for match in pattern.finditer(text))
        self._longest = max((end - start for start, end in self._ranges), default=0)

    def cover(self, find: Span) -> bool:
        """Whether a clinical phrase reaches into `find`."""
        first = bisect_left(self._ranges, (find.start - self._longest, 0))
        for start, end in self._ranges[first:]:
            if start >= find.end:
                return False
            if end > find.start:
                return True
        return False


@lru_cache(maxsize=4)
def protected_phrases(text: str) -> ProtectedPhrases:
    """Return the clinical phrases of `text`; the recognizers ask in turn about the same one."""
    return ProtectedPhrases(text)


@cache
def _patterns() -> tuple[Any, ...]:
    import regex

    lists = {
        name: sorted(word_list(name))
        for name in ("verb_of_person", "eponym_head", "eponym_cue", "device_verb", "brand_drug")
    }
    lists["always"] = [form for phrase in _eponyms("always") for form in _forms(phrase)]
    lists["in_context"] = [form for phrase in _eponyms("in_context") for form in _forms(phrase)]
    word = r"(?<![\p{L}\d])"
    bare = rf"{word}\L<in_context>(?:['’]?s|['’])?(?![\p{{L}}])"
    return (
        regex.compile(
            rf"{word}\L<always>(?:['’]s?)?(?:[ -](?i:\L<eponym_head>))*(?![\p{{L}}])",
            **_used(lists, "always eponym_head"),
        ),
        regex.compile(
            rf"{bare}(?:[ -](?!\L<verb_of_person>\b)\p{{L}}+)?[ -](?i:\L<eponym_head>)(?![\p{{L}}])",
            **_used(lists, "in_context eponym_head verb_of_person"),
        ),
        regex.compile(rf"(?<![\p{{L}}])(?i:\L<eponym_cue>)[ ]{bare}", **_used(lists, "in_context eponym_cue")),
        regex.compile(rf"{bare}[ ](?i:\L<device_verb>)(?![\p{{L}}])", **_used(lists, "in_context device_verb")),
        regex.compile(rf"{bare}[ ]?[:=]?[ ]?\d", **_used(lists, "in_context")),
        regex.compile(rf"{word}(?i:\L<brand_drug>)(?![\p{{L}}])", **_used(lists, "brand_drug")),
    )


def _used(lists: dict[str, list[str]], names: str) -> dict[str, list[str]]:
    return {name: lists[name] for name in names.split()}


def _eponyms(keep: str) -> list[str]:
    return [row["phrase"] for row in read_table("eponyms.csv", FOLDER) if row["keep"] == keep]


def _forms(phrase: str) -> set[str]:
    """Return the ways to write an eponym. Acronyms stay in capitals: "LUCAS" is a device, Lucas a person."""
    if phrase.isupper():
        return {phrase}
    curly = phrase.replace("'", "’")
    return {
        phrase,
        curly,
        phrase.upper(),
        re.sub(r"['’]s\b", "s", phrase),
        re.sub(r"['’]s\b", "", phrase),
        phrase.lower(),
    }
