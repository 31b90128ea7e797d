"""A step that came too late by the times of the note, or by its words: rows of `tables/care_times.csv`.

An `event` should come at most `most_min` minutes after what it is `since`; `says` is wording that it came later.
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.protocols.states import OF_THE_PAST
from edscribe_pipelines.clinical.protocols.times import Moment, minutes_between, moments_at
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.care.situations import asked, is_explained, situation_of
from edscribe_pipelines.clinical.reasoning.vocabulary import Kind, Place, places_of
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.tables import read_table, table_cache

_LONGEST_MIN = 6 * 60
_ARRIVAL = Moment("arrival", 0)
_NOT_SO = {"negated", "hypothetical", "historical"}

_Timed = list[tuple[Moment, Place]]


def too_late(note: ParsedNote) -> Iterator[Finding]:
    """Yield a finding for each step that came too late."""
    for row in _rows():
        if situation_of(note, row) and (place := _late(note, row)) and not is_explained(note, row):
            yield asked(note, row, place)


def _late(note: ParsedNote, row: dict[str, str]) -> Place | None:
    said = next(iter(places_of(note, "late", row["matter"])), None)
    if said:
        return None if note.context(*said) & _NOT_SO else said
    if not places_of(note, "since", row["matter"]) or not places_of(note, "event", row["matter"]):
        return None
    events = _moments(note, "event", row)
    since = [moment for moment, _ in _moments(note, "since", row)] + [_ARRIVAL] * (row["most_min"] != "0")
    waits = [(min(_waits(each, since), default=None), place) for each, place in events]
    told = [(wait, place) for wait, place in waits if wait is not None]
    if not told:
        return None
    least, place = min(told)
    return place if int(row["most_min"]) < least <= _LONGEST_MIN else None


def _waits(event: Moment, since: list[Moment]) -> Iterator[int]:
    for each in since:
        between = minutes_between(each, event)
        if between is not None:
            yield between


def _moments(note: ParsedNote, kind: Kind, row: dict[str, str]) -> _Timed:
    places = [
        place
        for place in places_of(note, kind, row["matter"])
        if note.section_at(place[0]) not in OF_THE_PAST and not note.context(*place) & _NOT_SO
    ]
    return [(moment, place) for place in places for moment in moments_at(note, *place)]


@table_cache
def _rows() -> list[dict[str, str]]:
    return read_table("care_times.csv")
