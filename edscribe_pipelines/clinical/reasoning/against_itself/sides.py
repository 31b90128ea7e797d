"""One complaint, injury or procedure on the left in one place of a note and on the right in another.

Parts of the body that belong together are rows of `tables/side_regions.csv`, with the words for their illnesses; a part
in none is a region of its own. What is weak lies across from the hemisphere that is ill.
A procedure on the wrong side blocks, also of a part that has no name here (`across`); a side that differs elsewhere
warns, as an illness may have two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.across import procedure_across
from edscribe_pipelines.clinical.reasoning.against_itself.sided import is_in_procedure, is_of_the_illness, sided_places
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.findings import DECIDED_IN
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.clinical.records import Severity

_RESULTS = "Labs & Imaging"


def sides_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    reported: set[Place] = set()
    for region, sides in note.of(sided_places).items():
        left, right = sides["left"], sides["right"]
        if left and right:
            left, right = ([each for each in some if is_of_the_illness(note, each)] for some in (left, right))
            pair = _odd_pair(note, left, right)
            if pair and reported.isdisjoint(pair):
                reported.update(pair)
                pair = _with_procedure(note, pair, left, right)
                severity: Severity = "critical" if any(is_in_procedure(note, each) for each in pair) else "warning"
                yield TwoWays("side", severity, *pair, f"Left and right for one region: {region}.")
    if not reported:
        yield from procedure_across(note)


def _with_procedure(
    note: ParsedNote, pair: tuple[Place, Place], left: Sequence[Place], right: Sequence[Place]
) -> tuple[Place, Place]:
    """Return the pair, with the procedure of the usual side first where the odd place is of what is decided."""
    usual, odd = pair
    if is_in_procedure(note, odd) or note.section_at(odd[0]) not in (*DECIDED_IN, _RESULTS):
        return pair
    done = next((each for each in (left if usual in left else right) if is_in_procedure(note, each)), usual)
    return done, odd


def _odd_pair(note: ParsedNote, left: Sequence[Place], right: Sequence[Place]) -> tuple[Place, Place] | None:
    """Return the first place of the side that is told more often, and the one of the other side that has a procedure,
    or the first; sides that one sentence compares are no such pair."""
    more, fewer = (left, right) if len(left) >= len(right) else (right, left)
    by_procedure = sorted(fewer, key=lambda each: not is_in_procedure(note, each))
    pairs = ((one, other) for other, one in product(by_procedure, more))
    return next(((one, other) for one, other in pairs if note.sentence_at(one[0]) != note.sentence_at(other[0])), None)
