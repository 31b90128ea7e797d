"""Where the twelve sections of a note are, and what state each is in.

Placeholders are rows of `tables/sections.csv`. A section that comes more than once is documented if any part is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.headings import Heading, headings_of
from edscribe_pipelines.clinical.records import SectionState
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache


class SectionSpan(NamedTuple):
    """The content of `section` at note[start:end], without its heading and the whitespace around it."""

    section: str
    start: int
    end: int


_LONGEST_PLACEHOLDER = 300
_LONGEST_STAND_IN = 80
"""In characters; with sub-headings several of them stand in a placeholder. Longer text is never a form's."""
_SUB_HEADING = re.compile(r"^[^\S\n]*(?:[*•-][^\S\n]*)?[A-Za-z][\w &/-]{0,30}:", re.M)


def split_sections(note: str) -> dict[str, str]:
    """Return the content of each section that the note has, in the order of `SECTIONS`; the parts of a
    section that comes more than once are joined by a line break."""
    parts = _parts(note, section_spans(note))
    return {section: "\n".join(filter(None, parts[section])) for section in SECTIONS if section in parts}


@forgotten_with_tables
@lru_cache(maxsize=1)
def section_spans(note: str) -> tuple[SectionSpan, ...]:
    """Return the sections' spans in the order of the note; text before the first heading is in none.

    Remembers the last note: every rule asks for the same one.
    """
    headings = headings_of(note)
    starts = [opened.start for opened in headings] + [len(note)]
    return tuple(_content(note, opened, end) for opened, end in zip(headings, starts[1:], strict=True))


def preamble(note: str) -> str:
    """Return what stands before the first heading, which is the whole of a note without headings."""
    headings = headings_of(note)
    return note[: headings[0].start if headings else len(note)].strip()


def section_at(note: str, offset: int) -> str | None:
    """Return the section that note[offset] belongs to, None before the first heading."""
    spans = section_spans(note)
    place = bisect_right(spans, offset, key=attrgetter("start")) - 1
    return spans[place].section if place >= 0 else None


def _parts(note: str, spans: Iterable[SectionSpan]) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for section, start, end in spans:
        parts.setdefault(section, []).append(note[start:end])
    return parts


def _content(note: str, opened: Heading, end: int) -> SectionSpan:
    text = note[opened.end : end]
    start = opened.end + len(text) - len(text.lstrip())
    return SectionSpan(opened.section, start, max(start, opened.end + len(text.rstrip())))


def section_states(note: str) -> dict[str, SectionState]:
    """Return the state of each of the twelve sections."""
    parts = _parts(note, section_spans(note))
    return {section: _state(section, parts.get(section)) for section in SECTIONS}


def _state(section: str, parts: list[str] | None) -> SectionState:
    if parts is None:
        return "missing"
    said = [part for part in parts if not is_placeholder(section, part)]
    if said:
        return "documented"
    return "not_documented" if NOT_DOCUMENTED in parts else "empty"


def is_placeholder(section: str, content: str) -> bool:
    """Whether `content` says nothing: no letter or digit, or only words that stand in for content, behind
    sub-headings ("Labs: N/A") or not."""
    if len(content) > _LONGEST_PLACEHOLDER:
        return False
    if _stands_in(section, content):
        return True
    points = _SUB_HEADING.sub("\n", content) if ":" in content else content
    return points != content and all(_stands_in(section, line) for line in points.splitlines())


def _stands_in(section: str, words: str) -> bool:
    if len(words) > _LONGEST_STAND_IN:
        return False
    key = _placeholder_key(words)
    return not key or key in _placeholders()[section]


def _placeholder_key(content: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", content.casefold()))


@table_cache
def _placeholders() -> dict[str, frozenset[str]]:
    cells = {row["section"]: row["placeholders"].split(";") for row in read_table("sections.csv")}
    anywhere = cells.pop("(any)")
    return {section: frozenset(map(_placeholder_key, anywhere + own)) for section, own in cells.items()}
