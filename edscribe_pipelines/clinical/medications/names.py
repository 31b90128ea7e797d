"""Where a text names a drug of `tables/drug_names.csv` or `drug_brands.csv` (brands of many countries, drugs that only
an allergy asks for), or a word that ends as drugs do (`tables/drug_stems.csv`).

An Aho-Corasick automaton finds them in one pass, so that the cost hardly grows with the number of names. What is also
an ordinary word or a laboratory value (MS, Mag, potassium) counts only beside a dose and in the writing of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_ENGLISH_UP_TO = 6
"""Words of so few letters that end in a stem are mostly English: april."""
_UNIT = r"[ \t-]?(?:mcg|mg|g|gm|grams?|units?|mEq)\b(?![ \t]*/[ \t]*d?L)"
_DOSE_AFTER = re.compile(
    rf"(?:[ \t:,(]|\b(?:IV|IVP|IM|SC|PO|push|drip|gtt|infusion|bolus|at|load)\b){{0,8}}\.?\d[\d.,]*{_UNIT}", re.I
)
_DOSE_BEFORE = re.compile(rf"\d{_UNIT}(?:[ \t]+(?:of|IV|IM|SC|PO))*[ \t]+$", re.I)
_REACH = 30
_SURROGATE = re.compile("[\ud800-\udfff]")


class DrugMention(NamedTuple):
    """`drug` is the generic name of the table."""

    drug: str
    start: int
    end: int


class _Names(NamedTuple):
    """An automaton, and for each of its strings the drug, or None for a stem."""

    automaton: AhoCorasick
    drugs: list[str | None]


def drug_mentions(note: ParsedNote) -> tuple[DrugMention, ...]:
    """Return the drugs of the table in the order of the note; of names that overlap, the first and longest."""
    return tuple(mention for mention, is_named in note.of(drugs_read) if is_named)


def drugs_read(note: ParsedNote) -> tuple[tuple[DrugMention, bool], ...]:
    return tuple(drugs_of(note.text))


def drugs_in(text: str) -> Iterator[DrugMention]:
    """Yield each drug of the tables, whether its name is known or only its stem."""
    for mention, _ in drugs_of(text):
        yield mention


def drugs_of(text: str) -> Iterator[tuple[DrugMention, bool]]:
    """Yield each drug and whether the table names it, in the order of the text, none overlapping another."""
    end = 0
    for start, negative_end, is_stem, drug in sorted(_candidates(text)):
        if start >= end:
            end = -negative_end
            yield DrugMention(drug, start, end), not is_stem


def _candidates(text: str) -> Iterator[tuple[int, int, bool, str]]:
    """Yield (start, -end, is by its stem alone, drug), so that they sort as they are to be taken."""
    small = small_letters(text)
    for start, end, drug in _ends_of_words(small, _anywhere()):
        if drug is None:
            start = _word_start(small, start)
            if end - start > _ENGLISH_UP_TO:
                yield start, -end, True, small[start:end]
        elif not (start and small[start - 1].isalnum()):
            yield start, -end, False, drug
    for start, end, drug in _ends_of_words(text if text.isascii() else encodable(text), _beside_dose()):
        if drug and not (start and text[start - 1].isalnum()) and _is_dosed(text, start, end):
            yield start, -end, False, drug


def _ends_of_words(text: str, names: _Names) -> Iterator[tuple[int, int, str | None]]:
    for index, start, end in names.automaton.find_matches_as_indexes(text, overlapping=True):
        if not text[end : end + 1].isalnum():
            yield start, end, names.drugs[index]


def small_letters(text: str) -> str:
    """Return `text` in small letters, each character where it was and each one that UTF-8 can hold."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(
            one if len(one) == 1 else letter for letter, one in zip(text, map(str.lower, text), strict=True)
        )
    return small if small.isascii() else encodable(small)


def encodable(text: str) -> str:
    """Return `text` with a question mark for each lone surrogate, which an automaton refuses."""
    return _SURROGATE.sub("?", text)


def _word_start(text: str, place: int) -> int:
    while place and text[place - 1].isalnum():
        place -= 1
    return place


def _is_dosed(text: str, start: int, end: int) -> bool:
    return bool(_DOSE_AFTER.match(text, end) or _DOSE_BEFORE.search(text, max(0, start - _REACH), start))


@table_cache
def _anywhere() -> _Names:
    drugs: dict[str, str | None] = {row["stem"]: None for row in read_table("drug_stems.csv")}
    for row in (*read_table("drug_brands.csv"), *read_table("drug_names.csv")):
        drugs |= dict.fromkeys((row["drug"].lower(), *_listed(row["synonyms"].lower())), row["drug"])
    return _Names(AhoCorasick(list(drugs)), list(drugs.values()))


@table_cache
def _beside_dose() -> _Names:
    drugs: dict[str, str | None] = {}
    for row in read_table("drug_names.csv"):
        drugs |= dict.fromkeys(_listed(row["beside_dose"]), row["drug"])
    return _Names(AhoCorasick(list(drugs), implementation=Implementation.DFA), list(drugs.values()))


def _listed(cell: str) -> list[str]:
    return [name for name in cell.split(";") if name]
