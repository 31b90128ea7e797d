"""Where a note states the situation of a rule of care, plainly and of its patient."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.protocols.states import OF_THE_PAST
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import cited, place_finding
from edscribe_pipelines.clinical.reasoning.vocabulary import Kind, Place, places_of
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.tables import table_cache

_NOT_TODAY = {"historical"}
_NOT_SO = {"negated", "family", "hypothetical", "uncertain", "planned"}


def situation_of(note: ParsedNote, row: dict[str, str]) -> Place | None:
    """Return the first place that states it. What is of the past counts only in a row that says that it lasts."""
    return next(_stated(note, "care", row), None)


def _stated(note: ParsedNote, kind: Kind, row: dict[str, str]) -> Iterator[Place]:
    lasts = row.get("lasting") == "yes"
    for place in places_of(note, kind, row["matter"]):
        context = note.context(*place)
        if context & _NOT_SO or (not lasts and (context & _NOT_TODAY or note.section_at(place[0]) in OF_THE_PAST)):
            continue
        yield place


def is_explained(note: ParsedNote, row: dict[str, str]) -> bool:
    """Whether the note has wording that explains why it was done so."""
    return bool(row["unless"]) and pattern(row["unless"]).search(note.text) is not None


def asked(note: ParsedNote, row: dict[str, str], place: Place) -> Finding:
    """Return the finding at `place` that asks for what the row names."""
    matter = row["matter"].replace(" ", "_").replace("-", "_").replace(",", "")
    message = f"A matter of care, not of truth: consider {row['asks']}."
    return place_finding(note, f"care.{matter}", "warning", place, message, cited(row))


def pattern(wording: str) -> re.Pattern[str]:
    if wording not in _compiled():
        _compiled()[wording] = re.compile(wording, re.I)
    return _compiled()[wording]


@table_cache
def _compiled() -> dict[str, re.Pattern[str]]:
    return {}
