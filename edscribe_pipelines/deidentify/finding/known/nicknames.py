"""Given names and their nicknames, from `tables/nicknames.csv`, both ways."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from edscribe_pipelines.deidentify.finding.known.reading import fold_letters
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.tables import read_table


def other_names(name: str) -> frozenset[str]:
    """Return what else a person with this folded given name may be called: Robert, Rob and Bobby for Bob."""
    formal = _formal_names().get(name, frozenset()) | {name}
    return frozenset().union(formal, *(_nicknames().get(each, frozenset()) for each in formal)) - {name}


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    return _grouped([(name, nickname) for name, nickname in _pairs()])


@cache
def _formal_names() -> dict[str, frozenset[str]]:
    return _grouped([(nickname, name) for name, nickname in _pairs()])


def _pairs() -> list[tuple[str, str]]:
    rows = read_table("nicknames.csv", FOLDER)
    return [(fold_letters(row["name"]), fold_letters(row["nickname"])) for row in rows]


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    grouped = defaultdict(set)
    for key, value in pairs:
        grouped[key].add(value)
    return {key: frozenset(values) for key, values in grouped.items()}
