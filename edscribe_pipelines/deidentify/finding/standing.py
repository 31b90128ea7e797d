"""Where a person stands: what beside a word goes with a person alone.

"ophtho fox saw her", "Banks (cards) agrees", "pcp fields cc'd", "officer young asked". A role or a service in
front and something a person does or carries behind (a verb, a pager, a credential) together say so; at the
beginning of a sentence what stands behind is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import regex

from edscribe_pipelines.deidentify.finding.words import Word, fold
from edscribe_pipelines.deidentify.tables import word_list

_OPENINGS = "\n.:;!?|/-*•\"'“(^=,[>&+]"
_BEFORE: Any = regex.compile(
    r"([\p{L}\p{M}]+)(?:['’]s)?\.?(?: (?:#?\d|ID|id|on call))?(?:\)?[ \t]*[:=][ \t]*|[ \t]+| - | ?\()$"
)
_HANDED: Any = regex.compile(r"(?<![\p{L}/])(?:per|by|d/w|w|w/|with|to|from|pt|see|sees|saw|\+|goc:) $")
_REACH = 32
"""Characters in front of a word in which its role stands."""

_CONTACT: Any = regex.compile(
    r"(?:['’]s)?,? ?[(\[]?(?:pgr|pager|beeper|cell|ext|phone|ph|tel|fax"
    r"|x{1,2}\d|p ?\d{4}|\d{3}[.\-/ ]\d{3,4}|\(\d{3}\)|badge|lic)\b"
    r"|['’]?s? (?:cc['’]?d|p\d{4,}|x\d{3,})|,? c/o |,? d/w | \(\p{Lu}?\d{1,4}\p{Lu}?\)| herself\b| himself\b"
    r"| on (?:bipap|cpap|hfnc|hd|vent)\b| to (?:or|ir|ct|mri|cath|endo)\b",
    regex.I,
)
_ROLE_BEHIND: Any = regex.compile(
    r"(?:,? (?:the |from |with |of )?|,? ?\((?:the |from )?|,? / ?)([\p{L}\p{M}]+)", regex.I
)
_END: Any = regex.compile(
    r"(?:['’]s)?[ \t]*(?:[:,.;)\]/|]|$)|['’]s | {2,}|\t"
    r"| (?:at|for|and|w/|from|re|here|aware|who|to|in|on|now|today|is|was|\+|->|@|&)(?![\p{L}])"
)


def opens_sentence(line: str, word: Word) -> bool:
    """Whether the place of `word` explains its capital: a sentence, an item, a field or a quotation begins."""
    before = line[max(0, word.start - _REACH) : word.start].rstrip(" \t")
    return not before or before[-1] in _OPENINGS or before[-1].isdigit()


def stands_as_person(line: str, words: Sequence[Word], index: int) -> bool:
    """Whether the words beside `words[index]` go with a person alone."""
    word = words[index]
    if word.text.isupper() or line[word.start - 1 : word.start] == "-" or fold(word.text) in _never():
        return False
    before = line[max(0, word.start - _REACH) : word.start]
    acts = _acts(line, words, index) or _CONTACT.match(line, word.end) is not None or _has_role_behind(line, word)
    if acts and (opens_sentence(line, word) or _HANDED.search(before)):
        return True
    return _has_role(before) and (acts or _END.match(line, word.end) is not None)


def _acts(line: str, words: Sequence[Word], index: int) -> bool:
    """Whether the next word is what only persons do."""
    after = index + 1
    joined = after < len(words) and line[words[index].end : words[after].start] == " "
    return joined and words[after].text.lower() in word_list("verb_of_subject")


def _has_role(before: str) -> bool:
    role = _BEFORE.search(before)
    return role is not None and fold(role[1]) in _people()


def _has_role_behind(line: str, word: Word) -> bool:
    role = _ROLE_BEHIND.match(line, word.end)
    return role is not None and fold(role[1]) in _people()


@cache
def _people() -> frozenset[str]:
    roles = (fold(word) for name in ("title", "role", "kin") for word in word_list(name) if " " not in word)
    return word_list("person_role") | frozenset(roles)


@cache
def _never() -> frozenset[str]:
    return word_list("not_lower_name") | word_list("function_word") | _people()
