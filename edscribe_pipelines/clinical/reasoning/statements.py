"""How the stay ended, wherever a note says so: plainly, or as a plan.

Rows of `tables/disposition_statements.csv`; wording that elsewhere may tell the past counts `only_in` the section of
the disposition. A statement is none where its sentence hedges it
(`tables/disposition_hedges.csv`): before it ("would be discharged home", "recently admitted") or right behind it
("discharged home vs. admitted", "discharged home from the hospital last week").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import DECIDED_IN, DISPOSITION
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, places_of, said_in
from edscribe_pipelines.tables import read_table, table_cache

_REACH_BEFORE = 60
_REACH_BEHIND = 45
_TURN = re.compile(r"[;:]|\b(?:but|and then|however)\b|\.[ ]")


class Statement(NamedTuple):
    """`is_plain` where the note says that it is so, not that it is planned."""

    disposition: str
    is_plain: bool
    section: str
    start: int
    end: int


def named_dispositions(note: ParsedNote) -> set[str]:
    """Return the dispositions of which the note has any wording, however meant."""
    said = note.of(said_in)
    return {row["disposition"] for row in _rows() if ("disposition", row["pattern"]) in said}


def disposition_statements(note: ParsedNote) -> list[Statement]:
    """Return the statements of the sections that decide, in the order of the note."""
    said = note.of(said_in)
    places = ((row, place) for row in _rows() for place in said.get(("disposition", row["pattern"]), ()))
    found = (_statement(note, row, place) for row, place in places)
    return sorted((said for said in found if said), key=lambda said: said.start)


def goes_home(note: ParsedNote) -> bool:
    """Whether the note says plainly that the patient goes home, also where it has no section that decides."""
    if any(said.is_plain and said.disposition == "HOME" for said in disposition_statements(note)):
        return True
    homes = [row["pattern"] for row in _rows() if row["disposition"] == "HOME"]
    places = (place for pattern in homes for place in places_of(note, "disposition", pattern))
    return any(
        note.section_at(place[0]) not in _OF_THE_PAST and not note.context(*place) and not _is_hedged(note, *place)
        for place in places
    )


_OF_THE_PAST = ("History of Present Illness", "Past Medical/Surgical History", "Medications", "Social History")


def _statement(note: ParsedNote, row: dict[str, str], place: Place) -> Statement | None:
    section = note.section_at(place[0]) or ""
    if section not in ((row["only_in"],) if row["only_in"] else DECIDED_IN):
        return None
    context = note.context(*place) - ({"family"} if section == DISPOSITION else set())
    if not context <= {"planned"} or _is_hedged(note, *place):
        return None
    return Statement(row["disposition"], not context, section, *place)


@table_cache
def _rows() -> list[dict[str, str]]:
    return read_table("disposition_statements.csv")


def _is_hedged(note: ParsedNote, start: int, end: int) -> bool:
    sentence = note.sentence_at(start)
    before = note.text[max(sentence.start, start - _REACH_BEFORE) : start]
    behind = note.text[end : min(max(sentence.end, end), end + _REACH_BEHIND)]
    hedges = _hedges()
    return bool(
        hedges["before"].search(_TURN.split(before)[-1]) or hedges["after"].search(_TURN.split(behind, maxsplit=1)[0])
    )


@table_cache
def _hedges() -> dict[str, re.Pattern[str]]:
    hedges: dict[str, list[str]] = {"before": [], "after": []}
    for row in read_table("disposition_hedges.csv"):
        hedges[row["stands"]].append(f"(?:{row['pattern']})")
    return {stands: re.compile("|".join(patterns), re.I) for stands, patterns in hedges.items()}
