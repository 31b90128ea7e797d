"""A step that was left out: said so in its situation, or, of a few narrow situations, nowhere named.

Rows of `tables/care_left_out.csv`: `denied` says that it was left out, `evidence` that it was done, `silent` whether a
note is asked that says neither, `setting` what must be named beside the situation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.addressed import age_of, sex_of
from edscribe_pipelines.clinical.reasoning.care.situations import asked, is_explained, situation_of
from edscribe_pipelines.clinical.reasoning.vocabulary import Kind, places_of, said_in
from edscribe_pipelines.clinical.records import Encounter, Finding
from edscribe_pipelines.tables import read_table, table_cache

_NOT_BEFORE = re.compile(r"\b(?:no|not|without|never|defer\w*|held|only)\W+(?:\w+\W+){0,2}$", re.I)
_NOT_BEHIND = re.compile(r"\W*(?:(?:was|were|status|is|yet)\W+){0,2}(?:not|never|held|deferred|omitted)\b", re.I)
_NEAR = 40


def left_out(note: ParsedNote, facts: Encounter | None) -> Iterator[Finding]:
    """Yield a finding for each step, where the note says that it was left out or where the situation stands."""
    said = note.of(said_in)
    for row, key in _rows():
        if key not in said or not (row["silent"] == "yes" or ("left out", key[1]) in said) or _is_done(note, row):
            continue
        place = situation_of(note, row) if _may_be(note, row, facts) else None
        if place and not is_explained(note, row):
            yield asked(note, row, next(iter(places_of(note, "left out", row["matter"])), place))


def _may_be(note: ParsedNote, row: dict[str, str], facts: Encounter | None) -> bool:
    """Whether the setting is named, and the patient is one whom the row is about."""
    if row["sex"] and not _is_one(note, row, facts):
        return False
    return not row["setting"] or bool(places_of(note, "setting", row["matter"]))


def _is_one(note: ParsedNote, row: dict[str, str], facts: Encounter | None) -> bool:
    age = age_of(note, facts)
    is_of_age = not row["age_low"] or (age is not None and int(row["age_low"]) <= age <= int(row["age_high"]))
    return is_of_age and sex_of(note, facts) == row["sex"]


def _is_done(note: ParsedNote, row: dict[str, str]) -> bool:
    return any(
        not _NOT_BEFORE.search(note.text, max(0, start - _NEAR), start)
        and not _NOT_BEHIND.match(note.text, end)
        and not _is_denial(note, row, start)
        for start, end in places_of(note, "done", row["matter"])
    )


def _is_denial(note: ParsedNote, row: dict[str, str], place: int) -> bool:
    return any(start <= place < end for start, end in places_of(note, "left out", row["matter"]))


@table_cache
def _rows() -> list[tuple[dict[str, str], tuple[Kind, str]]]:
    return [(row, ("care", row["matter"])) for row in read_table("care_left_out.csv")]
