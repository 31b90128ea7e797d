"""Risk scores that a note states: which there are, and whether their values can be.

Rows of `tables/risk_scores.csv`: a score, its wording, the complaints it serves and its possible range. A value
outside the range is an error of writing whatever the patient has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import cited, place_finding
from edscribe_pipelines.clinical.reasoning.vocabulary import Place, said_in
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.tables import read_table, table_cache

_VALUE = re.compile(
    r"(?:['’]s?)?(?:[ ]+(?:risk[ ]+)?(?:score|scale|criteria|rule|points))?"
    r"(?:[ ]*(?::|=|\bis\b|\bwas\b|\bof\b|\bat\b|\bequals\b|\bcalculated\b|\btotal\b)){0,2}[ ]*"
    r"(?P<value>-?\d{1,3}(?:\.\d)?)"
    r"(?![\d.%]*\d|[ ]*(?:%|(?:h|hours?|days?|weeks?|years?|yo|mg|items?|criteria|variables)\b))",
    re.I,
)


@dataclass(frozen=True)
class RiskScore:
    """`lowest` and `highest` are None where the rule gives no figure."""

    name: str
    complaints: frozenset[str]
    lowest: float | None
    highest: float | None
    is_verified: bool
    citation: str


@dataclass(frozen=True)
class StatedScore:
    """`value` is None where the note names the score alone."""

    score: RiskScore
    value: float | None
    start: int
    end: int


def stated_scores(note: ParsedNote) -> list[StatedScore]:
    """Return the scores in the order of the note, the longest of those that overlap."""
    said = note.of(said_in)
    named = [_stated(note.text, score, place) for score in _scores() for place in said.get(("score", score.name), ())]
    found: list[StatedScore] = []
    for score in sorted(named, key=lambda score: (score.start, -score.end)):
        if not found or score.start >= found[-1].end:
            found.append(score)
    return found


def _stated(text: str, score: RiskScore, place: Place) -> StatedScore:
    value = _VALUE.match(text, place[1])
    if value is None:
        return StatedScore(score, None, *place)
    return StatedScore(score, float(value["value"]), place[0], value.end())


def check_scores(note: ParsedNote) -> Iterator[Finding]:
    """Yield a finding for each value that the score cannot have; critical where its range is verified."""
    for said in note.of(stated_scores):
        low, high = said.score.lowest, said.score.highest
        if said.value is not None and low is not None and high is not None and not low <= said.value <= high:
            yield place_finding(
                note,
                "decision_making.score_impossible",
                "critical" if said.score.is_verified else "warning",
                (said.start, said.end),
                f"{said.score.name}: possible values are {low:g} to {high:g}.",
                said.score.citation,
            )


@table_cache
def scored_complaints() -> frozenset[str]:
    """Return the complaints that a score of the table serves."""
    return frozenset().union(*(score.complaints for score in _scores()))


@table_cache
def _scores() -> list[RiskScore]:
    return [_risk_score(row) for row in read_table("risk_scores.csv")]


def _risk_score(row: dict[str, str]) -> RiskScore:
    return RiskScore(
        name=row["score"],
        complaints=frozenset(filter(None, row["complaints"].split(";"))),
        lowest=float(row["lowest"]) if row["lowest"] else None,
        highest=float(row["highest"]) if row["highest"] else None,
        is_verified=row["status"] == "verified",
        citation=cited(row),
    )
