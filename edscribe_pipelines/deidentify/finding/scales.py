"""Scores that look like days: "pain fell from 8/10 to 3/10", "strength 5/5 and 4/5", "MoCA was 12/30"."""

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

_LED_BY = r"(?:[ ]?(?:scores?|is|was|were|of|today|now|currently|about|only|total))*[ ]?[:=(]?[ ]?(?:[\d/]{1,7},?[ ](?:(?:and|to|then)[ ])?)?$"  # noqa: E501
_OUT_OF = {
    "5": re.compile(
        r"\b(?:strength|power|motor|grip|flexion|extension|abduction)\b[^\n.;]{0,40}\b[0-5][+-]?/5[^\w\n.;]{1,3}"
        r"(?:(?:and|or|to|then|but|vs)[ ])?$",
        re.I,
    ),
    "15": re.compile(rf"\b(?:gcs|glasgow)\b{_LED_BY}", re.I),
    "30": re.compile(rf"\b(?:mmse|moca|slums)\b{_LED_BY}", re.I),
}
"""What stands before a score, by the most that it can be. Out of five is a second one: "5/5 and 4/5"."""
_SCORE = re.compile(r"\d{1,2}/(\d{1,2})")


def is_scale(line: str, find: Span) -> bool:
    """Whether a find is scores: several out of ten, one beside what is felt, or one of an examination."""
    said = line[find.start : find.end]
    before = max(0, find.start - _BEFORE)
    if not _OUT_OF_TEN.fullmatch(said):
        score = _SCORE.fullmatch(said)
        tells = _OUT_OF.get(score[1]) if score else None
        return tells is not None and tells.search(line, before, find.start) is not None
    if said.count("/10") > 1:
        return True
    is_of_a_day = _OF_A_DAY.search(line, before, find.start)
    return not is_of_a_day and bool(_FELT.search(line, before, find.end + _BEHIND))
