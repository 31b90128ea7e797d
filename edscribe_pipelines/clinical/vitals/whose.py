"""Of whom and from where a value is: `tables/vital_contexts.csv`.

A child's heart rate before birth is not the patient's. What was measured at home, at a clinic or long ago is true or
not like any value, but is nothing that the ED must respond to.
"""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.vitals.mentions import VitalMention
from edscribe_pipelines.tables import read_table, table_cache

_BACK, _AHEAD = 90, 40
_BREAK = re.compile(r"[\n;]|[.!?](?=\s)")
_MOST_POINTS = 6
"""Of one item of a score; a larger figure is a measure."""
_FEWEST_ITEMS = 3
_ITEM = re.compile(r"\b[A-Za-z]+[ ][0-6](?=[ ]?(?:[,;(=]|and\b))")
_SCORE = re.compile(
    r"=[ ]?\d{1,2}\b|\b(?:GBS|Blatchford|q?SOFA|NEWS2?|MEWS|CURB-?65|PESI|Rockall|SIRS|APACHE|score|points?)\b", re.I
)
_HISTORY = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History"}


def is_of_another_body(note: ParsedNote, mention: VitalMention) -> bool:
    """Whether the value is that of an unborn child or a relative."""
    return bool(_wording("another body", "before").search(_before(note.text, mention.start)))


def is_point_of_a_score(note: ParsedNote, mention: VitalMention) -> bool:
    """Whether it is what a value counts in a risk score, in a sum of such items: "BUN 6, SBP 1, pulse 1 = 17"."""
    if mention.value > _MOST_POINTS:
        return False
    start, end = max(0, mention.start - _BACK), mention.end + _BACK
    items = _ITEM.findall(note.text, start, end)
    return len(items) >= _FEWEST_ITEMS and _SCORE.search(note.text, start, end) is not None


def is_here_and_now(note: ParsedNote, mention: VitalMention) -> bool:
    """Whether the value is the patient's at this stay, so that a dangerous one needs a response."""
    before = _before(note.text, mention.start)
    return not (
        is_of_another_body(note, mention)
        or _wording("elsewhere", "before").search(before)
        or _wording("elsewhere", "directly before").search(before)
        or _wording("elsewhere", "after").search(_after(note.text, mention.end))
        or note.section_at(mention.start) in _HISTORY
        or note.context(mention.start, mention.end) & {"family", "hypothetical"}
    )


def _before(text: str, place: int) -> str:
    return _BREAK.split(text[max(0, place - _BACK) : place])[-1]


def _after(text: str, place: int) -> str:
    return _BREAK.split(text[place : place + _AHEAD], maxsplit=1)[0]


def _wording(context: str, direction: str) -> re.Pattern[str]:
    return _wordings()[context, direction]


@table_cache
def _wordings() -> dict[tuple[str, str], re.Pattern[str]]:
    words: dict[tuple[str, str], list[str]] = {}
    for row in read_table("vital_contexts.csv"):
        words.setdefault((row["context"], row["direction"]), []).append(re.escape(row["words"]))
    return {key: re.compile(rf"\b(?:{'|'.join(some)})\b{_REACH[key[1]]}", re.I) for key, some in words.items()}


_REACH = {"before": "", "after": "", "directly before": r"[ \t]+(?:(?:an?|the|his|her|of|with)[ \t]+)?$"}
