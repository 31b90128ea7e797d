"""Which of the things said to be taken of one drug are taken beside one another: "1 g PO QDS and 1 g PR QDS".

What is told twice counts once: the same amount of the same product by no other route, unless one sentence joins the
two. Of what replaces another ("or", "then", "instead of") the more counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from edscribe_pipelines.clinical.medications.daily.taken import Taken
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

_NEAR = 100
_JOINS = re.compile(r"[^.;\n]{0,40}(?:\band\b|\bplus\b|\bwith\b|\+|&|,)[^.;\n]{0,15}", re.I)
_REPLACES = re.compile(
    r"\b(?:or|then|instead|alternat\w*|switch\w*|chang\w+|convert\w*|transition\w*|followed by|replac\w+|in place of"
    r"|if (?:vomiting|unable|not tolerat\w+|no relief)|once tolerat\w+|when tolerat\w+|stop|discontinue)\b|->|→",
    re.I,
)
_REPLACES_BEHIND = re.compile(
    r"[^.;\n]{0,30}\b(?:instead|if (?:vomiting|unable|not tolerat\w+)|while vomiting|for mild\b|rather than)", re.I
)


def parts_of_a_day(note: ParsedNote, day: Sequence[Taken]) -> list[Taken]:
    """Return those of `day`, in the order of the note, that add up."""
    parts: list[Taken] = []
    for taken in day:
        if parts and _replaces(note.text, parts[-1], taken):
            parts[-1] = max(parts[-1], taken, key=lambda each: each.most)
        elif not any(_is_told_again(note.text, part, taken) for part in parts):
            parts.append(taken)
    return parts


def _replaces(text: str, part: Taken, taken: Taken) -> bool:
    between = text[part.end : taken.start]
    if not 0 < len(between) <= _NEAR:
        return False
    return bool(_REPLACES.search(between) or _REPLACES_BEHIND.match(text, taken.end, taken.end + _NEAR))


def _is_told_again(text: str, part: Taken, taken: Taken) -> bool:
    if (part.least, part.most, part.product) != (taken.least, taken.most, taken.product):
        return False
    if part.route and taken.route and part.route != taken.route:
        return False
    return _JOINS.fullmatch(text, part.end, taken.start) is None
