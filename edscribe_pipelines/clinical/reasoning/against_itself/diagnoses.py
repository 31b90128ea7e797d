"""A diagnosis that is ruled out in one sentence and made in another; a later result may have changed the mind."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.addressed import expected_diagnoses
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays
from edscribe_pipelines.clinical.reasoning.findings import DECISION_MAKING, DISPOSITION
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, last_before, places_of

_NOT_MADE = {*NOT_TODAYS, "negated"}


def diagnoses_ruled_out_and_made(note: ParsedNote) -> Iterator[TwoWays]:
    if not any(_is_decided(note, place) for place in places_of(note, "reasoning", "final diagnosis")):
        return
    expected = {each.diagnosis: each for _, some in expected_diagnoses(note, None) for each in some}
    for diagnosis in expected.values():
        names = [name for name in diagnosis.synonyms if _is_name_of(name, diagnosis.diagnosis)]
        named = [place for name in names for place in places_of(note, "diagnosis", name) if _is_decided(note, place)]
        made = next((place for place in named if _is_made(note, place)), None)
        ruled_out = next((place for place in named if _is_ruled_out(note, place)), None)
        if made and ruled_out:
            yield TwoWays("diagnosis", "warning", made, ruled_out, f"Both ruled out and made: {diagnosis.diagnosis}.")


def _is_name_of(name: str, diagnosis: str) -> bool:
    """Whether `name` is the diagnosis itself or its initials, not a kind of it: no SDH may be yet another bleed."""
    return name in diagnosis.split("/") or name == "".join(word[0] for word in diagnosis.split()).upper()


def _is_decided(note: ParsedNote, place: Place) -> bool:
    return note.section_at(place[0]) in (DECISION_MAKING, DISPOSITION)


def _is_made(note: ParsedNote, place: Place) -> bool:
    is_labelled = last_before(note, place, "reasoning", "final diagnosis") >= note.sentence_at(place[0]).start
    return is_labelled and not note.context(*place) & _NOT_MADE


def _is_ruled_out(note: ParsedNote, place: Place) -> bool:
    context = note.context(*place)
    return "negated" in context and not context & (NOT_TODAYS - {"uncertain"})
