"""One complaint or injury on the left in one place of a note and on the right in another.

Parts of the body that belong together are rows of `tables/side_regions.csv`; a part in none is a region of its own.
A procedure on the wrong side blocks; a side that differs elsewhere warns, as an illness may have two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edscribe_pipelines.clinical.grounding.sides import sides_in
from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.sentences import Sentence
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays, explains
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import read_table, table_cache

_TOLD_IN = {
    "Chief Complaint",
    "History of Present Illness",
    "Physical Examination",
    "ED Course & Procedures",
    "Labs & Imaging",
    "Medical Decision Making",
}
_NO_REGION = {"side"}
_SIDE_BEHIND = re.compile(
    r"(?P<finding>[ ](?:TTP|pain|tenderness|abrasions?|positive|weakness|swelling|\+))?[ ,:(]{1,2}"
    r"(?P<side>[Ll]eft|[Rr]ight|[LR])\b(?![.'-])(?(finding)|(?![ ](?!at\b|on\b|with\b|to\b|and\b|in\b|than\b)[a-z]))"
)
"""The side behind the part; without a finding between them no word may follow that the side belongs to."""
_SIDES = {"l": "left", "r": "right"}


def sides_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    reported: set[Place] = set()
    for region, sides in _by_region(note).items():
        if sides["left"] and sides["right"]:
            left, right = ([each for each in sides[side] if _is_of_the_illness(note, each)] for side in _SIDES.values())
            if left and right:
                one, other = _odd_one(note, left, right)
                if other not in reported:
                    reported.add(other)
                    severity: Severity = (
                        "critical" if _in_procedure(note, one) or _in_procedure(note, other) else "warning"
                    )
                    yield TwoWays("side", severity, one, other, f"Left and right for one region: {region}.")


def _by_region(note: ParsedNote) -> dict[str, dict[str, list[Place]]]:
    regions: dict[str, dict[str, list[Place]]] = {}
    for part, side, place in _said(note):
        if side in _SIDES.values() and part not in _NO_REGION:
            for region in _regions().get(part, (part,)):
                regions.setdefault(region, {"left": [], "right": []})[side].append(place)
    return regions


def _odd_one(note: ParsedNote, left: Sequence[Place], right: Sequence[Place]) -> tuple[Place, Place]:
    """Return the first place of the side that is told more often, and of the other, where it has a procedure that."""
    more, fewer = (left, right) if len(left) >= len(right) else (right, left)
    return more[0], next((each for each in fewer if _in_procedure(note, each)), fewer[0])


def _said(note: ParsedNote) -> Iterator[tuple[str, str, Place]]:
    """Yield part, side and place, those with the side behind the part, too ("chest wall TTP R")."""
    for said in sides_in(note):
        if said.field:
            yield said.field, said.value, (said.start, said.end)
    for term in note.of(terms_in):
        if term.kind == "part" and not term.side:
            behind = _SIDE_BEHIND.match(note.text, term.end)
            if behind:
                side = behind["side"].lower()
                yield term.name, _SIDES.get(side, side), (term.start, behind.end())


def _is_of_the_illness(note: ParsedNote, place: Place) -> bool:
    """Whether it is plainly told of what is wrong today."""
    if note.section_at(place[0]) not in _TOLD_IN or note.context(*place) & NOT_TODAYS:
        return False
    words, clause = _words(), _clause(note, place)
    if explains(note, *clause, plainly=True):
        return False
    return not any(words[means].search(note.text, *clause) for means in ("nothing of the illness", "the sound side"))


def _in_procedure(note: ParsedNote, place: Place) -> bool:
    in_course = note.section_at(place[0]) == "ED Course & Procedures"
    return in_course and bool(_words()["a procedure"].search(note.text, *_clause(note, place)))


def _clause(note: ParsedNote, place: Place) -> Sentence:
    """Return the part of the sentence between commas and semicolons around the place."""
    sentence = note.sentence_at(place[0])
    start = max(note.text.rfind(mark, sentence.start, place[0]) for mark in ",;") + 1 or sentence.start
    ends = [at for mark in ",;" if (at := note.text.find(mark, place[1], sentence.end)) >= 0]
    return Sentence(max(start, sentence.start), min(ends, default=max(sentence.end, place[1])))


@table_cache
def _regions() -> dict[str, tuple[str, ...]]:
    regions: dict[str, tuple[str, ...]] = {}
    for row in read_table("side_regions.csv"):
        for part in row["parts"].split(";"):
            regions[part] = (*regions.get(part, ()), row["region"])
    return regions


@table_cache
def _words() -> dict[str, re.Pattern[str]]:
    return {row["means"]: re.compile(row["pattern"], re.I) for row in read_table("side_words.csv")}
