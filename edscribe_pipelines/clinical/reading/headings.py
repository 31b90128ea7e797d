"""Which lines of a note open one of its twelve sections.

A note in this project's own format, with all twelve headings in upper case on lines of their own, has no other
headings; any other note is read with the synonyms of `tables/sections.csv`, bare or dressed ("## HPI", "**HPI:**",
"2. HPI", "HPI - cough"). A minor heading ("PE:", "PLAN") needs a colon or capitals, and opens its section only if
nothing opened it before: "PE: low risk" in the decision making is not an examination. A preface ("Triage Vitals")
opens its section too, and leaves it to be opened by a minor heading later. A bulleted label is a point of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.clinical.sections import SECTIONS, heading
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache


class Heading(NamedTuple):
    """The heading of `section` at note[start:end], from the beginning of its line."""

    section: str
    start: int
    end: int


_A_RARE_LINE = "\nED COURSE & PROCEDURES"
"""A look for it spares other notes the search for all twelve."""
_OWN_HEADING = re.compile(rf"\n(?:{'|'.join(re.escape(heading(section)) for section in SECTIONS)})[ \t]*\r?$", re.M)
_OWN_SECTIONS = {heading(section): section for section in SECTIONS}
# Both are searched for in "\n" + note: a literal start is found several times faster than a "^".
_LABEL = re.compile(
    r"""\n[ \t]*+
    (?:(?:\#{1,6}|[=~_*-]{2,}|[*_\[](?=\S))[ \t]*+){0,2}+ (?:\(?(?:\d{1,2}|[IVX]{1,4})[.)][ \t]*+)?+ [*_]{0,3}+
    (?P<label>[A-Za-z][A-Za-z&/.']*+(?:(?:-|[ \t]++)[A-Za-z&/][A-Za-z&/.']*+){0,6}+)
    [ \t]*+ (?:\([^)\n]{1,30}\)[ \t]*+)?+ [*_\]\#=~]*+ [ \t]*+
    (?:(?P<colon>:[*_]{0,3}+)|(?P<dash>[–—-]++(?=[ \t]+\S))|-*+[ \t]*+\r?$)""",
    re.M | re.X,
)
_FEWEST_IN_LINE = 3
"""A line with fewer headings may be a sentence with a label in it."""
_SHORTEST_MINOR = 4
_OTHER_LINE_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


@forgotten_with_tables
@lru_cache(maxsize=1)
def headings_of(note: str) -> tuple[Heading, ...]:
    """Return the headings that open a section, in the order of the note."""
    return tuple(_own_headings(note) or _synonym_headings(note))


def _own_headings(note: str) -> list[Heading]:
    text = "\n" + note
    if _A_RARE_LINE not in text:
        return []
    found = [Heading(_OWN_SECTIONS[m[0].strip()], m.start(), m.end() - 1) for m in _OWN_HEADING.finditer(text)]
    return found if len({opened.section for opened in found}) == len(SECTIONS) else []


def _synonym_headings(note: str) -> Iterator[Heading]:
    major, minor, preface = _synonyms()
    opened: set[str] = set()
    for match in _LABEL.finditer("\n" + _with_one_line_break(note)):
        label = _normal(match["label"])
        section = major.get(label) or preface.get(label)
        if section is None and _stands_out(match) and minor.get(label) not in opened:
            section = minor.get(label)
        if section is None or (label in preface and section in opened):
            continue
        yield Heading(section, match.start(), match.end() - 1)
        if label not in preface:
            opened.add(section)


def with_headings_on_lines(note: str) -> str:
    """Return `note` with each heading of a line that holds several on its own, each character where it was."""
    lines = note.split("\n")
    return "\n".join(_broken_at_headings(line) for line in lines)


def _broken_at_headings(line: str) -> str:
    begins = {match.start() - 1 for match in _within_line().finditer(" " + line)}
    if len(begins) < _FEWEST_IN_LINE:
        return line
    return "".join("\n" if place in begins else letter for place, letter in enumerate(line))


@table_cache
def _within_line() -> re.Pattern[str]:
    """Return the pattern of a blank and a heading with a colon; short minor ones may be words of a sentence."""
    major, minor, preface = _synonyms()
    labels = {*major, *(label for label in (*minor, *preface) if len(label) >= _SHORTEST_MINOR)}
    written = "|".join(re.escape(label).replace(r"\ ", "[ -]") for label in sorted(labels, key=len, reverse=True))
    return re.compile(rf"[ \t](?:{written})[ ]?:", re.I)


def _with_one_line_break(note: str) -> str:
    """Return `note` with a line feed for whatever ends a line in it, each character where it was."""
    note = note.replace("\r\n", " \n")
    for line_break in _OTHER_LINE_BREAKS:
        note = note.replace(line_break, "\n")
    return note


def _stands_out(label: re.Match[str]) -> bool:
    return bool(label["colon"]) or (label["label"].isupper() and len(label["label"]) > 2)


@lru_cache(maxsize=1024)
def _normal(label: str) -> str:
    return " ".join(label.casefold().replace("&", " and ").replace("-", " ").replace(".", "").split())


@table_cache
def _synonyms() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    rows = [row for row in read_table("sections.csv") if row["headings"]]
    return _labels(rows, "headings"), _labels(rows, "minor_headings"), _labels(rows, "preface_headings")


def _labels(rows: list[dict[str, str]], column: str) -> dict[str, str]:
    return {_normal(label): row["section"] for row in rows for label in row[column].split(";") if label}
