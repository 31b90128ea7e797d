"""A procedure on one side where all that is ill lies on the other, whatever the part of the body is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.sided import (
    is_in_procedure,
    is_of_the_illness,
    side_named,
    sided_places,
)
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.findings import DECIDED_IN
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_SIDE = re.compile(
    r"(?<![\w/'.-])(?<!\d[ ])(?P<side>[Ll]eft|LEFT|[Rr]ight|RIGHT|[LR]t?)\b(?![/'-]|\.\w)"
    r"(?:(?<=[Tt]he left)|(?<=[Tt]he right)|(?! (?:away|now|before|after|lateral|side down|decub\w+|open|in|at|to|the|"
    r"with|without|ED|hospital|AMA|by|on|for|"
    r"then|and|or|\d|his|her|their|ventric\w+|atri\w+|heart|bundle|axis|arm BP|handed|upright)\b))"
)
_SIDE_AT_ALL = re.compile(r"(?<![\w/'.-])(?P<side>[Ll]eft|[Rr]ight|[LR]t?)\b")
_PLACES_AT_LEAST = 2
_REASON = "A procedure on the side across from all that is ill."


def procedure_across(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield the first procedure on a side on which nothing is told as ill, with a place of what is."""
    regions = note.of(sided_places)
    if sum(len(some) for sides in regions.values() for some in sides.values()) < _PLACES_AT_LEAST:
        return
    known = [place for sides in regions.values() for some in sides.values() for place in some]
    for side, place in _done(note, known):
        other = "right" if side == "left" else "left"
        ill = [{each for sides in regions.values() for each in sides[which]} for which in (side, other)]
        here, there = (sorted(each for each in some if is_of_the_illness(note, each)) for some in ill)
        if not here and len(there) >= _PLACES_AT_LEAST:
            yield TwoWays("side", "critical", place, there[0], _REASON)
            return


def _done(note: ParsedNote, known: list[Place]) -> Iterator[tuple[str, Place]]:
    """Yield the procedures with a side whose region has no name here."""
    for said in _SIDE.finditer(note.text):
        place = said.span()
        if any(start <= place[0] < end for start, end in known):
            continue
        is_told_as_done = note.section_at(place[0]) in DECIDED_IN and is_in_procedure(note, place)
        if is_told_as_done and not _compares(note, place) and is_of_the_illness(note, place):
            yield side_named(said["side"]), place


def _compares(note: ParsedNote, place: Place) -> bool:
    """Whether its sentence names the other side, too."""
    sentence = note.sentence_at(place[0])
    return len({side_named(said["side"]) for said in _SIDE_AT_ALL.finditer(note.text, *sentence)}) > 1
