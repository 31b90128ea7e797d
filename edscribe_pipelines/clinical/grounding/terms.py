"""The words of sides, parts of the body, symptoms and allergens in a text.

Spellings are rows of `tables/laterality.csv`, `symptoms.csv`, `allergy_names.csv` (classes of drugs) and
`allergens.csv` (what else one can be allergic to, and that there is nothing).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick

from edscribe_pipelines.clinical.grounding.whole_words import in_small_letters, whole_words
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

TermKind = Literal["side", "part", "symptom", "allergen"]


class Term(NamedTuple):
    """`side` is that of a part that is written with it (RLQ), or of a word that is one, else empty."""

    kind: TermKind
    name: str
    side: str
    start: int
    end: int


class _Vocabulary(NamedTuple):
    automaton: AhoCorasick
    meanings: list[list[tuple[TermKind, str, str]]]


def terms_in(note: ParsedNote) -> tuple[Term, ...]:
    """Return the terms in the order of the note, of each kind the longest where some overlap."""
    vocabulary = _vocabulary()
    done: dict[TermKind, int] = {}
    found: list[Term] = []
    for number, start, end in whole_words(vocabulary.automaton, in_small_letters(note.text)):
        for kind, name, side in vocabulary.meanings[number]:
            if start >= done.get(kind, 0):
                done[kind] = end
                found.append(Term(kind, name, side, start, end))
    return tuple(found)


@table_cache
def _vocabulary() -> _Vocabulary:
    meanings: dict[str, list[tuple[TermKind, str, str]]] = {}
    for spelling, meaning in _spellings():
        meanings.setdefault(in_small_letters(spelling), []).append(meaning)
    return _Vocabulary(AhoCorasick(list(meanings)), list(meanings.values()))


def _spellings() -> Iterator[tuple[str, tuple[TermKind, str, str]]]:
    for row in read_table("laterality.csv"):
        kind: TermKind = "side" if row["kind"] == "side" else "part"
        side = row["name"] if kind == "side" else row["side"]
        yield from ((spelling, (kind, row["name"], side)) for spelling in row["spellings"].split(";"))
    for row in read_table("symptoms.csv"):
        yield from ((spelling, ("symptom", row["symptom"], "")) for spelling in row["spellings"].split(";"))
    for row in read_table("allergens.csv"):
        yield from ((spelling, ("allergen", row["allergen"], "")) for spelling in row["spellings"].split(";"))
    for row in read_table("allergy_names.csv"):
        spellings = (row["class"], *row["synonyms"].split(";"))
        yield from ((spelling, ("allergen", row["class"], "")) for spelling in spellings)
