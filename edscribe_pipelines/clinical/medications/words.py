"""Drugs in any text: names of `tables/drug_names.csv`, and words that end as drugs do (`tables/drug_stems.csv`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.tables import read_table, table_cache

_WORD = re.compile(r"[^\W_]+")
_ENGLISH_UP_TO = 6
"""Words of so few letters that end in a stem are mostly English: april."""


def drugs_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (drug, start, end) for each drug that the tables know, by the name under which they have it."""
    for word in _WORD.finditer(text):
        said, start = word[0].lower(), word.start()
        named = next((name for name in _names_by_first_word().get(said, ()) if _stands_at(text, start, name)), None)
        if named:
            yield _drug_names()[named], start, start + len(named)
        elif said.endswith(_stems()) and len(said) > _ENGLISH_UP_TO:
            yield said, start, word.end()


def _stands_at(text: str, start: int, name: str) -> bool:
    end = start + len(name)
    return text[start:end].lower() == name and not text[end : end + 1].isalpha()


@table_cache
def _drug_names() -> dict[str, str]:
    rows = read_table("drug_names.csv")
    return {name.lower(): row["drug"] for row in rows for name in (row["drug"], *row["synonyms"].split(";")) if name}


@table_cache
def _names_by_first_word() -> dict[str, list[str]]:
    by_first_word: dict[str, list[str]] = {}
    for name in sorted(_drug_names(), key=len, reverse=True):
        by_first_word.setdefault(_WORD.findall(name)[0], []).append(name)
    return by_first_word


@table_cache
def _stems() -> tuple[str, ...]:
    return tuple(row["stem"] for row in read_table("drug_stems.csv"))
