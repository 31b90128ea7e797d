"""The diagnoses that an assessment makes: what stands behind its label, not what the decision making weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.tables import read_table, table_cache

_LABEL = re.compile(
    r"(?:^|\n|[.;|]\s)[^\w\n]{0,6}(?:(?:ED|final|primary|principal|working|clinical|discharge|provisional|main)\s)*"
    r"(?:assessment|impression|diagnos[ie]s|dx|imp|conclusion|A)\b(?:\s\([^)\n]*\))?[*_ ]{0,3}"
    r"(?:[:.)|–]|-(?=\s)|\n)[*_ ]{0,3}",
    re.I,
)
_NEXT_LABEL = re.compile(r"\n\s*\n|\n[^\w\n]{0,4}[A-Za-z][\w /&'-]{0,30}[:|)]|\n[^\w\n]{0,4}[A-Z][A-Z /&]{3,}\n")
_LONGEST = 400
_PASSED_OR_DOUBTED = re.compile(
    r"\b(?:resolv\w+|reduced|detorsed|drained|ruled out|r/o|exclu\w+|unlikely|negative|neg|no|not|without|against|"
    r"prior|old|previous|history|hx|h/o|s/p|status post|chronic|mild|low[- ]risk|thought of|possible|probable|"
    r"suspected|concern\w*|risk of|"
    r"versus|vs|consider\w*|differential|ddx|returned? to baseline|stable since|known|healing|healed|family)\b|\?",
    re.I,
)
_WEIGHED = re.compile(r"\b(?:thought of|considered|differential|ddx)\b[^\n;]*$", re.I)
"""What a line weighs, whatever dots stand between."""


def too_ill_for_home(note: ParsedNote) -> Iterator[tuple[str, str]]:
    """Yield each diagnosis made of `tables/never_home.csv` with its citation."""
    named, citations = _never_home()
    for start, end in _assessments(note.text):
        for diagnosis, match in named.matches(note.text[start:end]):
            place = (start + match.start(), start + match.end())
            if _is_made(note, place, start, end):
                yield diagnosis, citations[diagnosis]


def _assessments(text: str) -> Iterator[Place]:
    for label in _LABEL.finditer(text):
        close = _NEXT_LABEL.search(text, label.end(), label.end() + _LONGEST)
        yield label.end(), close.start() if close else min(len(text), label.end() + _LONGEST)


def _is_made(note: ParsedNote, place: Place, start: int, end: int) -> bool:
    sentence = note.sentence_at(place[0])
    start, end = max(start, sentence.start), min(end, max(sentence.end, place[1]))
    if _WEIGHED.search(note.text[note.text.rfind("\n", 0, place[0]) + 1 : place[0]]):
        return False
    outside = (note.text[start : place[0]], note.text[place[1] : end])
    return not note.context(*place) & {*NOT_TODAYS, "negated"} and not any(map(_PASSED_OR_DOUBTED.search, outside))


@table_cache
def _never_home() -> tuple[PatternSet[str], dict[str, str]]:
    rows = read_table("never_home.csv")
    named = PatternSet((row["diagnosis"], row["pattern"]) for row in rows)
    return named, {row["diagnosis"]: f"{row['source']} ({row['year']})" for row in rows}
