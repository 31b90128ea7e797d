"""How far a heading within a section reaches ("Family history: ...", "PLAN")."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from edscribe_pipelines.clinical.reading.states import SectionSpan

_DRESS = " \t\r#*_=~•>[(.)0123456789-"
_WIDEST_DRESS = 12
_WIDEST_GAP = 50
_LONGEST_PASSAGE = 4000
"""A physician's heading has fewer characters under it; what follows no longer belongs to it."""
_BEHIND = re.compile(r"[*_\])]{0,3}[ \t]*(?:\([^)\n]*\)[ \t]*)?(?:(?P<colon>:)[*_]*[ \t]*|(?=\r?$))", re.M)
_LINE_END = re.compile(r"\r?(?:\n|$)")
_NEXT_LINE = re.compile(r"\n(?![ \t]*[a-z])")
_NEXT_HEADING = re.compile(
    r"\n[\d().\#*_• \t-]*+(?:[A-Z][\w &/-]{0,40}+:[*_]*+[ \t]*+\r?$|[A-Z][A-Z &/-]{1,40}+[)\]:*_]*+[ \t]*+\r?$)", re.M
)


def under_heading(text: str, start: int, end: int, spans: Sequence[SectionSpan]) -> tuple[int, int] | None:
    """Return the passage that text[start:end] is the heading of, None if it is no heading. With text on its line it
    reaches to the end of the line and of lines that it wraps into; alone on its line, to the next such heading."""
    if not _opens_line(text, start):
        return None
    behind = _BEHIND.match(text, end)
    if behind is None or not (behind["colon"] or text[start:end].isupper()):
        return None
    begin = behind.end()
    limit = min(begin + _LONGEST_PASSAGE, _end_of_section(text, begin, spans))
    further = (_NEXT_HEADING if _LINE_END.match(text, begin) else _NEXT_LINE).search(text, begin, limit)
    return begin, further.start() if further else limit


def _opens_line(text: str, start: int) -> bool:
    before = text[max(0, start - _WIDEST_DRESS) : start]
    dress = before.rpartition("\n")[2]
    return not dress.strip(_DRESS) and (len(dress) < len(before) or start <= _WIDEST_DRESS)


def _end_of_section(text: str, begin: int, spans: Sequence[SectionSpan]) -> int:
    """Return the end of the section that text[begin] is in, or that begins there with this heading."""
    place = bisect_left(spans, begin, key=attrgetter("start"))
    if (
        place < len(spans)
        and spans[place].start - begin <= _WIDEST_GAP
        and not text[begin : spans[place].start].strip()
    ):
        return spans[place].end
    if place and begin <= spans[place - 1].end:
        return spans[place - 1].end
    return spans[place].start if place < len(spans) else len(text)
