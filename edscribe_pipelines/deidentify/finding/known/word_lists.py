"""The words of `tables/known_words.csv`, which tell how a known value stands in a note."""

from __future__ import annotations

from functools import cache

from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.tables import read_table


@cache
def known_words(name: str) -> frozenset[str]:
    """Return one list."""
    return frozenset(row["word"] for row in read_table("known_words.csv", FOLDER) if row["list"] == name)
