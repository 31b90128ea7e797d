"""How the patient came to the ED, where the note says so; wording in `tables/arrival_transport.csv`."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.tables import read_table, table_cache

_TOLD_IN = {None, "Chief Complaint", "History of Present Illness", "ED Course & Procedures", "Medical Decision Making"}
_NOT_THIS_TIME = re.compile(
    r"\b(?:not|refus\w+|declin\w+|denie[sd]|last|previous\w*|prior|will|to be|transfer to|plan\w*|if)\b"
    r"(?:(?!and|but)[^,]){0,20}$",
    re.I,
)
_ANOTHER_TIME = re.compile(r"[^,]{0,25}\b(?:last|ago|previous\w*|yesterday)\b", re.I)


def stated_arrival_transport(note: str) -> str | None:
    """Return the way in MIMIC-IV-ED's words, None where the note names none or several."""
    ways = {way for way, words in _wording() if any(_is_of_this_stay(note, match) for match in words.finditer(note))}
    return ways.pop() if len(ways) == 1 else None


def _is_of_this_stay(note: str, match: re.Match[str]) -> bool:
    return (
        parse_note(note).section_at(match.start()) in _TOLD_IN
        and not _NOT_THIS_TIME.search(clause_before(note, match.start()))
        and not _ANOTHER_TIME.match(clause_after(note, match.end()))
    )


@table_cache
def _wording() -> list[tuple[str, re.Pattern[str]]]:
    rows = read_table("arrival_transport.csv")
    return [(row["arrival_transport"], re.compile(row["pattern"], re.I)) for row in rows]
