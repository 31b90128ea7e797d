"""Denials, normal findings and pieces of reasoning, whose words alone can be compared: `tables/claims.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.whole_words import plain_words_of
from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_NO_CLAIM = "no_claim"


class Claims(NamedTuple):
    """`said` without what stands in `nothing_recorded`, the places that say that something is not recorded."""

    said: tuple[Said, ...]
    nothing_recorded: tuple[tuple[int, int], ...]


def claims_in(note: ParsedNote) -> Claims:
    found = [(kind, *match.span()) for kind, match in _patterns().matches(note.text)]
    nothing = tuple((start, end) for kind, start, end in found if kind == _NO_CLAIM)
    plain = note.of(plain_words_of)
    said = (
        Said(kind, None, " ".join(plain[start:end].split()), start, end)  # type: ignore[arg-type]
        for kind, start, end in found
        if kind != _NO_CLAIM
    )
    return Claims(tuple(apart_from(nothing, said)), nothing)


def apart_from(places: Iterable[tuple[int, int]], said: Iterable[Said]) -> Iterator[Said]:
    """Yield what does not begin in one of the places."""
    held = list(places)
    return (each for each in said if not any(start <= each.start < end for start, end in held))


@table_cache
def _patterns() -> PatternSet[str]:
    following = r"(?:[ ,]+[\w/-]+)?"
    return PatternSet(
        (row["kind"], row["pattern"] + (following if row["counts_with"] else "")) for row in read_table("claims.csv")
    )
