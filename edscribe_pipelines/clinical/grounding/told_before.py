"""Sentences of the source that a note tells again with another number, another side or the opposite polarity.

The wording of a sentence is its words without numbers, sides and words of denial. Where note and source have a
sentence of one wording, its numbers, sides and denials are held against each other, each at its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.statements import Kind, Statement
from edscribe_pipelines.clinical.grounding.whole_words import in_plain_words, plain_words_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache

_WORD = re.compile(r"[a-z0-9]+")
_FEWEST_WORDS = 2
_FEWEST_WORDS_ABOUT_NUMBERS = 3
"""Sentences of fewer words are alike by chance: "Heart rate 98"."""


DENIED = "denied"


class Value(NamedTuple):
    """The `nth` number, side or denial after so many words."""

    after: int
    nth: int
    value: str


Values = tuple[Value, ...]


class Wording(NamedTuple):
    """What one sentence says: `words` for all that is told the same way, `values` for what of it can differ."""

    words: str
    values: Values
    start: int
    end: int


Told = dict[str, set[Values]]
"""The values of all sentences of a wording, by its words."""


def told_in(note: ParsedNote) -> Told:
    """Return the wordings of the sentences that are long enough to be known again."""
    plain = note.of(plain_words_of)
    return _told(plain[start:end] for start, end in _pieces(note))


def told_in_sentences(sentences: Iterable[str]) -> Told:
    """Return the wordings of sentences that have no full stop within."""
    return _told(map(in_plain_words, sentences))


def _told(sentences: Iterable[str]) -> Told:
    told: Told = {}
    for sentence in sentences:
        words, values = _worded(sentence.strip())
        if _is_long_enough(words, values):
            told.setdefault(words, set()).add(values)
    return told


def _pieces(note: ParsedNote) -> Iterator[tuple[int, int]]:
    """Yield the sentences, in their parts between full stops: a sentence can go on in small letters."""
    for start, end in note.sentences:
        while (stop := note.text.find(". ", start, end)) >= 0:
            yield start, stop
            start = stop + 2
        yield start, end


def _is_long_enough(words: str, values: Values) -> bool:
    count = words.count(" ") + bool(words)
    if count >= _FEWEST_WORDS_ABOUT_NUMBERS:
        return True
    kinds = {_kind(value.value) for value in values}
    return count >= (
        1 if "negation" in kinds else _FEWEST_WORDS_ABOUT_NUMBERS if kinds == {"number"} else _FEWEST_WORDS
    )


@forgotten_with_tables
@lru_cache(maxsize=1024)
def _worded(sentence: str) -> tuple[str, Values]:
    """Return the words and values of a sentence. Remembered: a note repeats its source, and notes a heading."""
    changeable = _changeable()
    words: list[str] = []
    values: list[Value] = []
    nth = 0
    for word in sentence.split():
        value = changeable.get(word) if word.isalpha() or not _has_a_number(word) else word
        if value is None:
            words.append(word)
            nth = 0
        elif value:
            values.append(Value(len(words), nth, value))
            nth += 1
    return " ".join(words), tuple(values)


def _has_a_number(word: str) -> bool:
    return word[0].isdigit() or word[-1].isdigit()


def differences(note: ParsedNote, told: Told, vocabulary: frozenset[str]) -> Iterator[Statement]:
    """Yield what the note tells otherwise than all sentences of the same wording in the source do.

    `vocabulary` are the words of the source: a sentence with another one has no like in it.
    """
    plain = note.of(plain_words_of)
    in_note = set(plain.split())
    if not any(in_note.issuperset(known.split()) for known in told):
        return
    unknown = {word for word in in_note - vocabulary if word.isalpha()}.difference(_changeable())
    for start, end in _pieces(note):
        sentence = plain[start:end]
        if not unknown or unknown.isdisjoint(sentence.split()):
            words, values = _worded(sentence.strip())
            alike = told.get(words)
            if alike and values not in alike:
                nearest = min(sorted(alike), key=partial(_distance, values))
                yield from _of_wording(plain, Wording(words, values, start, end), nearest)


def _distance(one: Values, other: Values) -> int:
    return len(set(one) ^ set(other))


def _of_wording(plain: str, wording: Wording, nearest: Values) -> Iterator[Statement]:
    other = set(wording.values) - set(nearest)
    for value, (start, end) in zip(wording.values, _places(plain, wording), strict=True):
        if value in other:
            yield Statement(_kind(value.value), "contradicted", start, end, None)
    left_out = set(nearest) - set(wording.values)
    if not other and left_out:
        yield Statement(_kind(min(left_out).value), "contradicted", wording.start, wording.end, None)


def _places(plain: str, wording: Wording) -> Iterator[tuple[int, int]]:
    """Yield where the values of the wording stand."""
    for match in _WORD.finditer(plain, wording.start, wording.end):
        if _has_a_number(match[0]) or _changeable().get(match[0]):
            yield match.span()


def _kind(value: str) -> Kind:
    if _has_a_number(value):
        return "number"
    return "negation" if value == DENIED else "laterality"


@table_cache
def _changeable() -> dict[str, str]:
    """Return what a word that can differ stands for; words of reporting stand for nothing."""
    words: dict[str, str] = {}
    for row in read_table("laterality.csv"):
        if row["kind"] == "side":
            words.update(dict.fromkeys(row["spellings"].lower().split(";"), row["name"]))
    for row in read_table("polarity.csv"):
        words.update(dict.fromkeys(row["words"].split(";"), DENIED if row["polarity"] == "denied" else ""))
    return words
