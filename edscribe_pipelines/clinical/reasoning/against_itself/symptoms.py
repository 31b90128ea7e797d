"""A symptom or a finding that is reported in one place and denied in another, plainly both times.

Rows of `tables/findings_told.csv`, with the spellings of `tables/symptoms.csv`; where a row means several findings, a
denial of one denies not all. What the patient tells is compared with what the patient tells, what is seen with what is
seen; what was told and is not found any more is no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.polarity import is_denial, is_report
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import Difference, TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, said_in
from edscribe_pipelines.tables import read_table, table_cache

_EXAM, _DECIDED, _UNDER_NONE = "Physical Examination", "Medical Decision Making", None
_TOLD = {"Chief Complaint", "History of Present Illness", "Review of Systems", "Social History", _UNDER_NONE}
_SECTIONS = {
    "history": _TOLD | {_DECIDED},
    "examination": {_EXAM, _DECIDED, _UNDER_NONE, "Social History", "Labs & Imaging"},
    "either": _TOLD | {_EXAM, _DECIDED},
}
_POLARITIES = ("reported", "denied")
_WINDOW = 110
"""Characters around a statement in which an explanation belongs to it."""
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])[:.h]?[0-5]\d\b")
"""Between two statements of one section it begins another time."""


def symptoms_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    named, worded = _terms_by_name(note), note.of(said_in)
    told = named.keys() | {word for kind, word in worded if kind in _POLARITIES}
    for row in _rows():
        name = row["finding"]
        if name not in told:
            continue
        said = sorted({*named.get(name, ()), *worded.get(("reported", name), ())})
        denied = worded.get(("denied", name), [])
        if len(said) + len(denied) > 1:
            yield from _of_finding(note, row, _apart(said, denied), denied)


def _terms_by_name(note: ParsedNote) -> dict[str, list[Place]]:
    named: dict[str, list[Place]] = {}
    for term in note.of(terms_in):
        if term.kind == "symptom":
            named.setdefault(term.name, []).append((term.start, term.end))
    return named


def _apart(said: list[Place], denied: list[Place]) -> list[Place]:
    """Return the places that lie in none of `denied` and in no longer one: "no rash" is not a rash, too."""
    longest = [place for place in said if not any(_is_within(place, other) for other in said if other != place)]
    return [place for place in longest if not any(place[0] < end and start < place[1] for start, end in denied)]


def _is_within(place: Place, other: Place) -> bool:
    return other[0] <= place[0] and place[1] <= other[1]


def _of_finding(note: ParsedNote, row: dict[str, str], said: list[Place], denied: list[Place]) -> Iterator[TwoWays]:
    """Yield the first pair of a report and a denial that the note does not explain."""
    sections = _SECTIONS[row["told_in"]]
    said = [place for place in said if note.section_at(place[0]) in sections]
    denied = [place for place in denied if note.section_at(place[0]) in sections and is_denial(note, place, own=True)]
    if len(said) + len(denied) < 2 or not said:
        return
    of_words = [place for place in said if is_denial(note, place, own=False)] if row["means"] == "one" else []
    denials = sorted([*denied, *of_words])
    reports = [place for place in said if denials and place not in denials and is_report(note, place)]
    pairs = ((report, denial) for report in reports for denial in denials)
    pair = next((pair for pair in pairs if _is_against(note, *pair)), None)
    if pair:
        yield TwoWays("finding", "warning", *pair, f"Both reported and denied: {row['finding']}.")


def _is_against(note: ParsedNote, report: Place, denial: Place) -> bool:
    told = note.section_at(report[0]) in _TOLD - {_UNDER_NONE}
    if told and note.section_at(denial[0]) == _EXAM:
        return False
    of_report: tuple[Difference, ...] = ("changed",) if told else ("changed", "later", "statement")
    if _says_why(note, report, *of_report) or _says_why(note, denial, "changed", "later", "statement"):
        return False
    first, second = sorted((report, denial))
    here, there = note.section_at(first[0]), note.section_at(second[0])
    if here == there and _CLOCK.search(note.text, first[1], second[0]):
        return False
    same = note.sentence_at(first[0]) == note.sentence_at(second[0])
    return not (same and says_why(note, first[1], second[0], "contrast"))


def _says_why(note: ParsedNote, place: Place, *kinds: Difference) -> bool:
    sentence = note.sentence_at(place[0])
    start, end = max(sentence.start, place[0] - _WINDOW), min(max(sentence.end, place[1]), place[1] + _WINDOW)
    return says_why(note, start, end, *kinds)


@table_cache
def _rows() -> list[dict[str, str]]:
    return read_table("findings_told.csv")
