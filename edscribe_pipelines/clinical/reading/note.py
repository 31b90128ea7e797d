"""Where the twelve sections of a note are, and what state each is in.

Headings and placeholders are rows of `tables/sections.csv`. A note in this project's own format, with
all twelve headings in upper case on lines of their own, has no other headings; any other note is read
with the synonyms. A minor heading ("PE:", "PLAN") needs a colon or capitals, and opens its section only
if nothing opened it before: "PE: low risk" in the decision making is not an examination. A preface ("Triage
Vitals") opens its section too, and leaves it to be opened by a minor heading later.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.clinical.records import SectionState
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.clinical.tables import read_table, table_cache


class SectionSpan(NamedTuple):
    """The content of `section` at note[start:end], without its heading and the whitespace around it."""

    section: str
    start: int
    end: int


class _Heading(NamedTuple):
    section: str
    start: int
    end: int


_OWN_HEADING = re.compile(rf"\n(?:{'|'.join(re.escape(heading(section)) for section in SECTIONS)})[ \t]*\r?$", re.M)
_OWN_SECTIONS = {heading(section): section for section in SECTIONS}
# Both are searched for in "\n" + note: a literal start is found several times faster than a "^".
_LABEL = re.compile(
    r"\n[ \t]*(?:\#{1,6}[ \t]*)?(?:\d{1,2}[.)][ \t]*)?(?:\*\*|__)?"
    r"(?P<label>[A-Za-z][A-Za-z&/.' \t-]{0,45}?)"
    r"[ \t]*(?:\([^)\n]{1,30}\)[ \t]*)?(?:\*\*|__)?[ \t]*(?:(?P<colon>:)(?:\*\*|__)?|\r?$)",
    re.M,
)


def split_sections(note: str) -> dict[str, str]:
    """Return the content of each section that the note has, in the order of `SECTIONS`; the parts of a
    section that comes more than once are joined by a line break."""
    parts: dict[str, list[str]] = {}
    for section, start, end in section_spans(note):
        parts.setdefault(section, []).append(note[start:end])
    return {section: "\n".join(filter(None, parts[section])) for section in SECTIONS if section in parts}


@lru_cache(maxsize=1)
def section_spans(note: str) -> tuple[SectionSpan, ...]:
    """Return the sections' spans in the order of the note; text before the first heading is in none.

    Remembers the last note: every rule asks for the same one.
    """
    headings = _own_headings(note) or _synonym_headings(note)
    starts = [opened.start for opened in headings] + [len(note)]
    return tuple(_content(note, opened, end) for opened, end in zip(headings, starts[1:], strict=True))


def preamble(note: str) -> str:
    """Return what stands before the first heading, which is the whole of a note without headings."""
    return note[: _preamble_end(note)].strip()


def section_at(note: str, offset: int) -> str | None:
    """Return the section that note[offset] belongs to, None before the first heading."""
    name = None
    for span in section_spans(note):
        if span.start > offset:
            break
        name = span.section
    return name


def _preamble_end(note: str) -> int:
    headings = _own_headings(note) or _synonym_headings(note)
    return headings[0].start if headings else len(note)


def _own_headings(note: str) -> list[_Heading]:
    matches = _OWN_HEADING.finditer("\n" + note)
    found = [_Heading(_OWN_SECTIONS[m[0].strip()], m.start(), m.end() - 1) for m in matches]
    return found if len({opened.section for opened in found}) == len(SECTIONS) else []


def _synonym_headings(note: str) -> list[_Heading]:
    major, minor, preface = _synonyms()
    found: list[_Heading] = []
    opened: set[str] = set()
    for match in _LABEL.finditer("\n" + note):
        label = _normal(match["label"])
        if preface.get(label, major.get(label)) is None and not _stands_out(match):
            continue
        section = major.get(label) or preface.get(label) or minor.get(label)
        if section is None or (label not in major and section in opened):
            continue
        found.append(_Heading(section, match.start(), match.end() - 1))
        if label not in preface:
            opened.add(section)
    return found


def _stands_out(label: re.Match[str]) -> bool:
    return bool(label["colon"]) or (label["label"].isupper() and len(label["label"]) > 2)


def _content(note: str, opened: _Heading, end: int) -> SectionSpan:
    text = note[opened.end : end]
    start = opened.end + len(text) - len(text.lstrip())
    return SectionSpan(opened.section, start, max(start, opened.end + len(text.rstrip())))


def section_states(note: str) -> dict[str, SectionState]:
    """Return the state of each of the twelve sections."""
    contents = split_sections(note)
    return {section: _state(section, contents.get(section)) for section in SECTIONS}


def _state(section: str, content: str | None) -> SectionState:
    if content is None:
        return "missing"
    if content == NOT_DOCUMENTED:
        return "not_documented"
    return "empty" if is_placeholder(section, content) else "documented"


def is_placeholder(section: str, content: str) -> bool:
    """Whether `content` says nothing: no letter or digit, or only a word that stands in for content."""
    words = _placeholder_key(content)
    return not words or words in _placeholders()[section]


def _normal(label: str) -> str:
    return " ".join(re.sub(r"[&]", " and ", label.casefold()).replace("-", " ").replace(".", "").split())


def _placeholder_key(content: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", content.casefold()))


@table_cache
def _synonyms() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    rows = [row for row in read_table("sections.csv") if row["headings"]]
    return _labels(rows, "headings"), _labels(rows, "minor_headings"), _labels(rows, "preface_headings")


def _labels(rows: list[dict[str, str]], column: str) -> dict[str, str]:
    return {_normal(label): row["section"] for row in rows for label in row[column].split(";") if label}


@table_cache
def _placeholders() -> dict[str, frozenset[str]]:
    cells = {row["section"]: row["placeholders"].split(";") for row in read_table("sections.csv")}
    anywhere = cells.pop("(any)")
    return {section: frozenset(map(_placeholder_key, anywhere + own)) for section, own in cells.items()}
