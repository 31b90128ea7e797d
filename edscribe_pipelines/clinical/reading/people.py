"""Whether a figure of a note is the patient's or somebody else's."""

from __future__ import annotations

import re

RELATIVE = (
    r"(?:mother|father|mom|dad|parent|son|daughter|wife|husband|spouse|sister|brother|sibling|child|children|aunt|uncle|"
    r"grand\w+|cousin)"
)
_BEFORE = re.compile(rf"\b(?:{RELATIVE}|his|her|their)\b(?P<gap>[^.;\n]{{0,12}})$", re.I)
_AFTER = re.compile(rf"[ \t-]*(?:(?!who|with|and)\w+[ \t]+)?{RELATIVE}\b", re.I)
_REACH = 40


def is_of_somebody_else(text: str, start: int, end: int) -> bool:
    """Whether a relative is named right before text[start:end] or after it."""
    return bool(_BEFORE.search(text, max(0, start - _REACH), start) or _AFTER.match(text, end))
