"""Statements that exclude each other: rows of `tables/opposites.csv`, each of one subject told in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.findings import DECIDED_IN, DISPOSITION, cited
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, places_of
from edscribe_pipelines.clinical.records import Severity
from edscribe_pipelines.tables import read_table, table_cache

_NOT_BEFORE = re.compile(r"\b(?:not|never|longer)[ ]$", re.I)
_DOSE = re.compile(r"(?<=BID)|(?<=daily)|(?<=twice)|(?<=nightly)|(?<=once)|[ ][\d.]+ ?mg\b")
"""Of a drug that is begun here and was not taken before."""
_RETURN = re.compile(r"\b(?:return|back|come|call|watch|if|precautions|seek)\b", re.I)
"""What may come, of which the patient is warned."""


def opposites_in(note: ParsedNote) -> Iterator[TwoWays]:
    for number, row in enumerate(_rows()):
        says = places_of(note, "says", str(number))
        if says and (against := places_of(note, "against", str(number))):
            yield from _of_row(note, row, says, against)


def _of_row(note: ParsedNote, row: dict[str, str], says: list[Place], against: list[Place]) -> Iterator[TwoWays]:
    told = (
        [place for place in says if _is_said(note, place)],
        [place for place in against if _is_told(note, place, planned=row["severity"] == "warning")],
    )
    pair = next((pair for pair in product(*told) if _is_apart(note, *pair)), None)
    if pair:
        severity: Severity = "critical" if row["severity"] == "critical" else "warning"
        reason = f"Two statements on {row['subject']} exclude each other."
        yield TwoWays("statement", severity, *pair, reason, cited(row))


def _is_said(note: ParsedNote, place: Place) -> bool:
    """Whether it is denied or found normal, of the patient and today, as evidence against a diagnosis, too."""
    if _NOT_BEFORE.search(note.text, max(0, place[0] - 12), place[0]):
        return False
    return note.context(*place) <= {"uncertain", "negated"} and not _is_explained(note, place)


def _is_told(note: ParsedNote, place: Place, *, planned: bool) -> bool:
    """Whether it is said plainly, of the patient and today; where it is `planned`, too, for what is treated."""
    is_ordered = note.section_at(place[0]) in DECIDED_IN and _DOSE.match(note.text, place[1])
    if is_ordered or not note.context(*place) <= ({"planned"} if planned else set()):
        return False
    return not _is_explained(note, place)


def _is_explained(note: ParsedNote, place: Place) -> bool:
    sentence = note.sentence_at(place[0])
    end = max(sentence.end, place[1])
    if note.section_at(place[0]) == DISPOSITION and _RETURN.search(note.text, sentence.start, place[0]):
        return True
    return says_why(note, sentence.start, end, "changed", "later")


def _is_apart(note: ParsedNote, one: Place, other: Place) -> bool:
    """Whether no turn of one sentence stands between them, and neither lies in the other."""
    first, second = sorted((one, other))
    if second[0] < first[1]:
        return False
    same = note.sentence_at(first[0]) == note.sentence_at(second[0])
    return not (same and says_why(note, first[1], second[0], "contrast"))


@table_cache
def _rows() -> list[dict[str, str]]:
    return read_table("opposites.csv")
