"""What state each of the twelve sections of a note is in, wherever they are.

Placeholders are rows of `tables/sections.csv`. A section that comes more than once is documented if any part is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

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
_LONGEST_REST = 4
_SAY_SOMETHING = frozenset(("discharge", "admit", "admission", "home", "symptoms"))
_LEADS_ON = frozenset(
    (
        "is",
        "are",
        "was",
        "were",
        "includes",
        "include",
        "including",
        "consists",
        "for",
        "on",
        "with",
        "her",
        "his",
        "the",
        "and",
    )
)
_OF_THE_FORM = re.compile(
    r"\W*(?:\d{1,3}|\d{1,2}[:.h]?\d{2}(?:[ ]?[ap]\.?m\.?|h)?|[A-Z]{2,5}\d{1,3}|section [A-Z]+)\W*"
    r"|\W*(?:sig(?:ned|nature)?\b|electronically signed|dictated|printed|page \d|end\b)[^\n]{0,70}\W*",
    re.I,
)
"""The number or clock time of the next line, a field's name, a signature: of a section that says nothing itself."""
_SUB_HEADING = re.compile(r"^[^\S\n]*(?:[*•-][^\S\n]*)?[A-Za-z][\w &/-]{0,30}:", re.M)


def joined(note: str, spans: Iterable[SectionSpan]) -> dict[str, str]:
    """Return the content of each section that has a span, in the order of `SECTIONS`; the parts of a section that comes
    more than once are joined by a line break."""
    parts = _parts(note, spans)
    return {section: "\n".join(filter(None, parts[section])) for section in SECTIONS if section in parts}


def states_of(note: str, spans: Iterable[SectionSpan]) -> dict[str, SectionState]:
    """Return the state of each of the twelve sections."""
    parts = _parts(note, spans)
    return {section: _state(section, parts.get(section)) for section in SECTIONS}


def _parts(note: str, spans: Iterable[SectionSpan]) -> Mapping[str, Sequence[str]]:
    parts: dict[str, list[str]] = {}
    for section, start, end in spans:
        parts.setdefault(section, []).append(note[start:end])
    return parts


def _state(section: str, parts: Sequence[str] | None) -> SectionState:
    if parts is None:
        return "missing"
    said = [part for part in parts if len(part) > _LONGEST_PLACEHOLDER or not is_placeholder(section, part)]
    if said:
        return "documented"
    return "not_documented" if NOT_DOCUMENTED in parts else "empty"


@forgotten_with_tables
@lru_cache(maxsize=256)
def is_placeholder(section: str, content: str) -> bool:
    """Whether `content` says nothing: no letter or digit, or only words that stand in for content, behind
    sub-headings ("Labs: N/A") or not. Remembers the last ones: "Not documented" comes in most notes."""
    if len(content) > _LONGEST_PLACEHOLDER:
        return False
    if _stands_in(section, content) or _is_rest_of_heading(section, content) or _OF_THE_FORM.fullmatch(content):
        return True
    points = _SUB_HEADING.sub("\n", content) if ":" in content else content
    return points != content and all(_stands_in(section, line) for line in points.splitlines())


def _is_rest_of_heading(section: str, content: str) -> bool:
    """Whether a few words are all of its headings, or lead from one to what it announces ("is", "includes")."""
    words = _placeholder_key(content[:_LONGEST_STAND_IN]).split()
    is_short = len(content) <= _LONGEST_STAND_IN and 0 < len(words) <= _LONGEST_REST
    return is_short and _words_of_headings()[section].issuperset(words)


def _stands_in(section: str, words: str) -> bool:
    if len(words) > _LONGEST_STAND_IN:
        return False
    key = _placeholder_key(words)
    return not key or key in _placeholders()[section]


def _placeholder_key(content: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", content.casefold()))


@table_cache
def _words_of_headings() -> dict[str, frozenset[str]]:
    words = {}
    for row in read_table("sections.csv"):
        labels = (label for column in ("headings", "minor_headings", "cues") for label in row[column].split(";"))
        words[row["section"]] = _LEADS_ON.union(*(_placeholder_key(label).split() for label in labels)) - _SAY_SOMETHING
    return words


@table_cache
def _placeholders() -> dict[str, frozenset[str]]:
    cells = {row["section"]: row["placeholders"].split(";") for row in read_table("sections.csv")}
    anywhere = cells.pop("(any)")
    return {section: frozenset(map(_placeholder_key, anywhere + own)) for section, own in cells.items()}
