"""A symptom or a finding that is reported in one place and denied in another, plainly both times.

Rows of `tables/findings_told.csv`, with the spellings of `tables/symptoms.csv`; where a row means several findings, a
denial of one denies not all. What the patient tells is compared with what the patient tells, what is seen with what is
seen; what was told and is not found any more is no contradiction (`both_right`).
"""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.terms import terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.both_right import may_both_be_right
from edscribe_pipelines.clinical.reasoning.against_itself.polarity import is_denial, is_report
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.vocabulary import Kind, Place, said_in
from edscribe_pipelines.tables import read_table, table_cache

_EXAM, _DECIDED, _COURSE, _RESULTS = (
    "Physical Examination",
    "Medical Decision Making",
    "ED Course & Procedures",
    "Labs & Imaging",
)
_TOLD = {"Chief Complaint", "History of Present Illness", "Review of Systems", "Social History", None}
_SEEN = {_EXAM, _DECIDED, None, "Social History", _RESULTS}
_SECTIONS = {
    "history": _TOLD | {_DECIDED, _RESULTS},
    "examination": _SEEN,
    "either": _TOLD | {_EXAM, _DECIDED},
    "bedside": _SEEN - {_RESULTS},
    "procedure": _SEEN | {_COURSE},
    "results": {_RESULTS, _DECIDED, _COURSE, None},
}
_SAID: tuple[Kind, ...] = ("reported", "denied", "named")


def symptoms_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield the first pair of each finding that is told two ways."""
    told = _places_by_finding(note)
    rows = _rows()
    for name in sorted(told, key=_order().__getitem__):
        row, of_kind = rows[name], told[name]
        said, denied, named = (of_kind.get(kind, []) for kind in _SAID)
        if len(said) + len(denied) + len(named) > 1 and (said or named):
            denied = sorted(denied)
            yield from _of_finding(note, row, _apart(said, denied), denied, named)


def _places_by_finding(note: ParsedNote) -> dict[str, dict[Kind, list[Place]]]:
    rows = _rows()
    told: dict[str, dict[Kind, list[Place]]] = {}
    for (kind, name), places in note.of(said_in).items():
        if kind in _SAID:
            told.setdefault(name, {})[kind] = [*places]
    for term in note.of(terms_in):
        if term.kind == "symptom" and term.name in rows:
            told.setdefault(term.name, {}).setdefault("reported", []).append((term.start, term.end))
    return told


def _apart(said: list[Place], denied: list[Place]) -> list[Place]:
    """Return the places that lie in none of `denied` and in no longer one: "no rash" is not a rash, too."""
    unique = sorted(set(said))
    longest = [place for place in unique if not any(_is_within(place, other) for other in unique if other != place)]
    return [place for place in longest if not any(place[0] < end and start < place[1] for start, end in denied)]


def _is_within(place: Place, other: Place) -> bool:
    return other[0] <= place[0] and place[1] <= other[1]


def _of_finding(
    note: ParsedNote, row: dict[str, str], said: list[Place], denied: list[Place], named: list[Place]
) -> Iterator[TwoWays]:
    """Yield the first pair of a report and a denial that the note does not explain."""
    sections = _SECTIONS[row["told_in"]]
    said, denied, named = (
        [each for each in some if note.section_at(each[0]) in sections] for some in (said, denied, named)
    )
    if len(said) + len(denied) + len(named) < 2 or not said:
        return
    own = [place for place in denied if is_denial(note, place, own=True)]
    words = {*said, *named} if row["means"] == "one" else {*named}
    denials = sorted({*own, *(place for place in words if is_denial(note, place, own=False))})
    if not denials:
        return
    reports = [place for place in said if place not in denials and is_report(note, place)]
    pairs = ((report, denial) for report in reports for denial in denials)
    pair = next(
        (pair for pair in pairs if not may_both_be_right(note, *pair, persists=row["told_in"] == "either")), None
    )
    if pair:
        yield TwoWays("finding", "warning", *pair, f"Both reported and denied: {row['finding']}.")


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["finding"]: row for row in read_table("findings_told.csv")}


@table_cache
def _order() -> dict[str, int]:
    return {name: number for number, name in enumerate(_rows())}
