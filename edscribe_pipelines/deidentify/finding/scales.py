"""Scores out of ten that look like days of October: "pain fell from 8/10 to 3/10"."""

from __future__ import annotations

import re

from edscribe_pipelines.deidentify.finding.spans import Span

_OUT_OF_TEN = re.compile(r"\d{1,2}/10(?:\s*(?:to|-|–|->|→|and|then|,)\s*\d{1,2}(?:/10)?)*")
_FELT = re.compile(
    r"\b(?:pain\w*|\w*aches?|sore\w*|discomfort|scores?|scored|scale|severity|nrs|vas|intensity|dyspn\w*|nausea|itch\w*|"
    r"anxiety|cramp\w*|burning|distress|rat(?:ed|es|ing)|worst)\b",
    re.I,
)
_OF_A_DAY = re.compile(r"\b(?:since|on|until|till|dated?|seen|visit(?:ed)?|began|started)[ ](?:the[ ])?$", re.I)
_BEFORE, _BEHIND = 60, 30


def is_scale(line: str, find: Span) -> bool:
    """Whether a find is scores out of ten: several of them, or one beside what is felt."""
    said = line[find.start : find.end]
    if not _OUT_OF_TEN.fullmatch(said):
        return False
    before = max(0, find.start - _BEFORE)
    if said.count("/10") > 1:
        return True
    is_of_a_day = _OF_A_DAY.search(line, before, find.start)
    return not is_of_a_day and bool(_FELT.search(line, before, find.end + _BEHIND))
