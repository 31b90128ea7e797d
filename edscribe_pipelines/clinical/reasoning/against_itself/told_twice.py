"""Two places of a note that cannot both be right, as findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.findings import place_finding
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.clinical.records import Finding, Severity
from edscribe_pipelines.tables import read_table, table_cache

OUR_RULE = "The project's rule: a note does not contradict itself (2026)"
NOT_TODAYS = {"historical", "family", "hypothetical", "planned", "uncertain"}

Difference = Literal["changed", "later", "statement", "contrast"]
"""What explains a difference: that it changed or was corrected, another time, an onset, a turn of the sentence."""


class TwoWays(NamedTuple):
    """`rule` is the last part of the finding's; `reason` says plainly what is told two ways."""

    rule: str
    severity: Severity
    one: Place
    other: Place
    reason: str
    citation: str = OUR_RULE


def findings_of(note: ParsedNote, told: TwoWays) -> Iterator[Finding]:
    """Yield a finding at each of the two places; its message says where the other is."""
    for here, there in ((told.one, told.other), (told.other, told.one)):
        message = f"{told.reason} The other place: {_where(note, there)}."
        yield place_finding(note, f"against_itself.{told.rule}", told.severity, here, message, told.citation)


def _where(note: ParsedNote, place: Place) -> str:
    section = note.section_at(place[0])
    return f"characters {place[0]} to {place[1]}" + (f", {section}" if section else "")


def is_explained(note: ParsedNote, place: Place, *, plainly: bool = False) -> bool:
    """Whether the sentence at `place` says why it differs: by time, by correction. `plainly` where an onset explains
    nothing, as of a number or a side."""
    sentence = note.sentence_at(place[0])
    return explains(note, sentence.start, max(sentence.end, place[1]), plainly=plainly)


def explains(note: ParsedNote, start: int, end: int, *, plainly: bool = False) -> bool:
    kinds: tuple[Difference, ...] = ("changed", "later", "contrast")
    return says_why(note, start, end, *kinds if plainly else (*kinds, "statement"))


def says_why(note: ParsedNote, start: int, end: int, *kinds: Difference) -> bool:
    """Whether wording of one of the kinds of explanation stands in note[start:end]."""
    explanations = _explanations()
    return any(explanations[kind].search(note.text, start, end) for kind in kinds)


@table_cache
def _explanations() -> dict[str, re.Pattern[str]]:
    patterns: dict[str, list[str]] = {}
    for row in read_table("explained_differences.csv"):
        patterns.setdefault(row["difference"], []).append(row["pattern"])
    return {difference: re.compile("|".join(some), re.I) for difference, some in patterns.items()}
