"""What a note gives as the reason for its drugs: rows of `tables/indications.csv`.

What is only considered, or of the past, may widen a limit and never narrows one: a critical finding on a dose that was
right is worse than a warning too few. A row that depends on age, weight or the absence of another indication holds only
where that is known.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_BACKGROUND = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History"}
_NOT_HERE = {"negated", "family", "hypothetical"}
_NOT_CERTAIN = {"uncertain", "historical"}


_DENIED = re.compile(r"[ \t]*(?:[-–:=(][ \t]*)(?:no\b|none\b|neg(?:ative|\.)?\b|den(?:ies|ied)\b|ruled out\b)", re.I)
"""Behind the words: "EtOH withdrawal - no history", "PE: none"."""


class Indications(NamedTuple):
    """`stated` narrow and widen limits, `considered` only widen them; limits of the `excluded` do not hold."""

    stated: frozenset[str]
    considered: frozenset[str]
    excluded: frozenset[str]


def indications_of(note: ParsedNote, age_years: float | None, weight_kg: float | None) -> Indications:
    """Return the indications of a patient of this age and weight."""
    stated, considered = note.of(_worded)
    conditional = {row["indication"]: _holds(row, stated, considered, age_years, weight_kg) for row in _conditional()}
    return Indications(
        stated=(stated - conditional.keys()) | {indication for indication, holds in conditional.items() if holds},
        considered=considered - conditional.keys(),
        excluded=frozenset(indication for indication, holds in conditional.items() if not holds),
    )


def is_conditional(indication: str) -> bool:
    """Whether it depends on age, weight or the absence of another indication."""
    return any(row["indication"] == indication for row in _conditional())


def _holds(
    row: dict[str, str],
    stated: frozenset[str],
    considered: frozenset[str],
    age_years: float | None,
    weight_kg: float | None,
) -> bool:
    if row["unless"]:
        return row["unless"] not in stated | considered
    if row["age_low"]:
        worded = not row["pattern"] or row["indication"] in stated
        return worded and age_years is not None and age_years >= float(row["age_low"])
    return weight_kg is not None and weight_kg < float(row["weight_below_kg"])


def stated_in(note: ParsedNote, start: int, end: int) -> frozenset[str]:
    """Return the indications whose words note.text[start:end] states."""
    matches = (match for match in note.of(_all_worded) if start <= match[1] < end)
    return frozenset(
        indication
        for indication, begin, finish in matches
        if not note.context(begin, finish) & (_NOT_HERE | _NOT_CERTAIN)
    )


def _all_worded(note: ParsedNote) -> list[tuple[str, int, int]]:
    return [
        (indication, *match.span())
        for indication, match in _patterns().matches(note.text)
        if not _DENIED.match(note.text, match.end())
    ]


def _worded(note: ParsedNote) -> tuple[frozenset[str], frozenset[str]]:
    """Return the indications whose words the note states, and those that it only considers."""
    stated: set[str] = set()
    considered: set[str] = set()
    for indication, start, end in note.of(_all_worded):
        if indication in stated or note.section_at(start) in _BACKGROUND:
            continue
        context = note.context(start, end)
        if not context & _NOT_HERE:
            (considered if context & _NOT_CERTAIN else stated).add(indication)
    return frozenset(stated), frozenset(considered - stated)


@table_cache
def _conditional() -> tuple[dict[str, str], ...]:
    rows = read_table("indications.csv")
    return tuple(row for row in rows if row["age_low"] or row["weight_below_kg"] or row["unless"])


@table_cache
def _patterns() -> PatternSet[str]:
    rows = read_table("indications.csv")
    return PatternSet((row["indication"], row["pattern"]) for row in rows if row["pattern"])
