"""Clinical phrases that look like names: eponyms and brand drugs.

Weak evidence of a name gives way to them; a title, a role or a relative beside the word does not. An
eponym that is also a surname (`in_context`) is kept only where a clinical noun or cue stands beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from edscribe_pipelines.deidentify.finding.gazetteer import is_given_name
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import Word, words_of
from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table

_GAP = 2
"""The most characters between the words of a phrase: "St. Jude", "Graves' disease"."""

_SIGN = re.compile(r"(?:(?:s/p|\+|\([+-]\)) ?|(?<!\w)-)\Z")
_SIZE = re.compile(r"\d ?(?:fr|french|f|g|ga|gauge)\.? ?\Z", re.IGNORECASE)
_RESULT = re.compile(r"(?:['’]s)? ?(?:\+|\([+-]\)|n/a\b)")
_DISEASE = re.compile(r"['’]s(?=[,.;)/]|$)")
"""A possessive with nothing behind it: "PMH: HTN, Hashimoto's." After "at" it is a house or a bar."""

_NOUN = re.compile(r"(?:['’]s)? ([a-z]+)")
_AT = re.compile(r"\b(?:at|to|from|near|of|by|with|and)(?: the)? \Z", re.IGNORECASE)
_GRADE = re.compile(
    r"(?:['’]s)? ?[:=]? ?(?:(?:type|class|grade|stage|category|score|zone) ?[:=]? ?)?"
    r"(?:\d{1,2}(?:\.\d|(?:/\d{1,3}){1,2}|[A-Ca-c])?(?![\w/-])|(?:I{1,3}|I?V|VI{1,3})[A-Fa-f]?\b"
    r"|[A-D](?= (?:fracture|ankle)|[,.;)]|$))"
)
"""How severe it is by a scale: Braden 14, Bosniak IIF. Three digits would be a room ("Wells 249 DKA")."""

_BETWEEN = re.compile(r"(?:['’]s)?(?:,? (?:and|or|nor|&) |/|(?<=['’]s), )")


_POSSESSIVES = frozenset({"his", "her", "their", "own", "himself", "herself"})


class _Phrase(NamedTuple):
    """The words of an eponym in small letters; an acronym counts in capitals alone ("LUCAS" is a device)."""

    words: tuple[str, ...]
    is_acronym: bool
    needs_context: bool


class ProtectedPhrases:
    """The clinical phrases of one text."""

    def __init__(self, text: str, words: Sequence[Word] | None = None) -> None:
        self._text = text
        found = list(words_of(text)) if words is None else words
        self._ranges = sorted(_ranges(text, found)) if found else []
        self._longest = max((end - start for start, end in self._ranges), default=0)

    def cover(self, find: Span) -> bool:
        """Whether a clinical phrase reaches into `find`."""
        return bool(self._ranges) and self.reach_into(find.start, find.end)

    def names_a_thing(self, find: Span) -> bool:
        """Whether a clinical noun behind `find` makes it a thing, even behind a label: "Pt: Thomas splint"."""
        noun = _NOUN.match(self._text, find.end)
        return noun is not None and noun[1] in word_list("eponym_noun") and self.cover(find)

    def reach_into(self, start: int, end: int) -> bool:
        first = bisect_left(self._ranges, (start - self._longest, 0))
        for phrase_start, phrase_end in self._ranges[first:]:
            if phrase_start >= end:
                return False
            if phrase_end > start:
                return True
        return False


@lru_cache(maxsize=4)
def protected_phrases(text: str) -> ProtectedPhrases:
    """Return the clinical phrases of `text`; those who look for names ask in turn about the same one."""
    return ProtectedPhrases(text)


def _ranges(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    phrases, brands = _phrases(), _brands()
    folded = [word.text.lower() for word in words]
    protected: set[int] = set()
    for index in reversed(range(len(words))):
        start, end = words[index].start, 0
        if folded[index] in brands:
            end = words[index].end
        for phrase in phrases.get(folded[index], ()):
            last = index + len(phrase.words)
            if tuple(folded[index:last]) == phrase.words and _is_written_so(phrase, words[index:last]):
                own = _end(phrase, text, words, folded, index, last)
                end = max(end, own or _end_before_another(text, words[last - 1].end, protected))
        if end:
            protected.add(start)
            yield start, end


def _end_before_another(text: str, end: int, protected: Container[int]) -> int:
    """Return `end` where a phrase that is protected goes on with the next: Murphy's and Rovsing's negative."""
    between = _BETWEEN.match(text, end)
    return end if between and between.end() in protected else 0


def _is_written_so(phrase: _Phrase, words: Sequence[Word]) -> bool:
    apart = all(right.start - left.end <= _GAP for left, right in pairwise(words))
    return apart and (not phrase.is_acronym or all(word.text.isupper() for word in words))


def _end(phrase: _Phrase, text: str, words: Sequence[Word], folded: Sequence[str], first: int, last: int) -> int:
    """Return where the phrase ends with the clinical nouns behind it, or 0 where it lacks its context."""
    if last < len(folded) and folded[last] == "s" and text[words[last - 1].end] in "'’":
        last += 1
    heads = last
    while heads < len(folded) and folded[heads] in word_list("eponym_head") and _follows(words, heads):
        heads += 1
    if phrase.needs_context and _is_somebody(text, words, folded, first, last, heads):
        return 0
    if heads > last or not phrase.needs_context:
        return words[heads - 1].end
    return _end_in_context(text, words, folded, first, last)


def _is_somebody(text: str, words: Sequence[Word], folded: Sequence[str], first: int, last: int, heads: int) -> bool:
    """Whether a given name before the eponym, or what it does to whom, makes it a surname."""
    if heads > last and folded[last] in word_list("eponym_noun"):
        return False
    if heads > last and heads < len(folded) and folded[heads] in _POSSESSIVES:
        return True
    before = words[first - 1] if first else None
    if before is None or not before.is_capitalised or text[before.end : words[first].start] not in (" ", ". "):
        return False
    is_initial = len(before.text) == 1 and heads == last
    return is_initial or (is_given_name(before.text) and not is_vocabulary(before.text))


def _end_in_context(text: str, words: Sequence[Word], folded: Sequence[str], first: int, last: int) -> int:
    end = words[last - 1].end
    if last < len(folded) and _follows(words, last):
        after = folded[last]
        if _is_device_verb(after, folded[last + 1 : last + 2]):
            return words[last].end
        is_noun_next = last + 1 < len(folded) and folded[last + 1] in word_list("eponym_head")
        if is_noun_next and after not in word_list("verb_of_person") and _follows(words, last + 1):
            return words[last + 1].end
    if first > 0 and folded[first - 1] in word_list("eponym_cue") and _follows(words, first):
        return end
    is_disease = _DISEASE.match(text, words[first].end) and not _AT.search(
        text[max(0, words[first].start - 9) : words[first].start]
    )
    graded = _GRADE.match(text, end) if folded[first] in word_list("scored_eponym") else None
    if graded:
        return graded.end()
    before = text[max(0, words[first].start - 12) : words[first].start]
    return end if is_disease or _RESULT.match(text, end) or _SIGN.search(before) or _SIZE.search(before) else 0


def _follows(words: Sequence[Word], index: int) -> bool:
    return index == 0 or words[index].start - words[index - 1].end <= _GAP


def _is_device_verb(word: str, after: Sequence[str]) -> bool:
    verbs = word_list("device_verb")
    return word in verbs or any(f"{word} {each}" in verbs for each in after)


@cache
def _brands() -> frozenset[str]:
    return frozenset(brand.lower() for brand in word_list("brand_drug"))


@cache
def _phrases() -> dict[str, list[_Phrase]]:
    phrases: dict[str, list[_Phrase]] = {}
    for row in read_table("eponyms.csv", FOLDER):
        for form in _forms(row["phrase"]):
            words = tuple(word.text.lower() for word in words_of(form))
            phrase = _Phrase(words, row["phrase"].isupper(), row["keep"] == "in_context")
            phrases.setdefault(words[0], []).append(phrase)
    return {first: sorted(set(some), key=lambda each: -len(each.words)) for first, some in phrases.items()}


def _forms(phrase: str) -> set[str]:
    """Return an eponym with and without its possessive: Murphy's, Murphys, Murphy."""
    return {phrase, re.sub(r"['’]s\b", "s", phrase), re.sub(r"['’]s\b", "", phrase)}
