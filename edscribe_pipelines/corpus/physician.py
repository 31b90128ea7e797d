"""Physicians' own notes as training cases: the same words under the twelve headings.

Only headings change. A section that the note lacks says `NOT_DOCUMENTED`, which is true of its source;
whether a note with that gap may teach is for the gates to say.

What stands before the first heading opens the history of present illness: there a physician who sets no
heading begins, with who the patient is and why they came. The document's title and a banner of which
de-identification left only labels, tags and stand-ins are no history, and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.cases import make_cases
from edscribe_pipelines.corpus.facts import prompts
from edscribe_pipelines.deidentify.checking.gate import masked

_HISTORY = "History of Present Illness"
_TITLE = re.compile(r"(?:[\w/&'-]+[ \t]+){0,7}(?:note|report|record|chart|summary|H&P)", re.I)
_REMOVED = re.compile(r"(?:[A-Za-z#/ ]{1,30}[:#][ \t]*)?\[[A-Z_]+\]")


def physician_cases(encounters: pl.DataFrame) -> pl.DataFrame:
    """Return the `Case` of each `DeidentifiedNote` row whose note has headings."""
    written = encounters.select("note", "stand_ins").iter_rows()
    notes = pl.Series([_twelve_sections(note or "", stand_ins) for note, stand_ins in written], dtype=pl.String)
    sectioned, complete = encounters.filter(notes.is_not_null()), notes.drop_nulls()
    none = pl.repeat([], len(complete), dtype=pl.List(pl.Null), eager=True)
    return make_cases(sectioned, "physician", "physician", prompts(sectioned), complete, none)


def _twelve_sections(note: str, stand_ins: Sequence[str]) -> str | None:
    read = ParsedNote(note)
    sections = dict(read.sections)
    if not sections:
        return None
    opening = "\n".join(line for line in read.reading.preamble.splitlines() if _tells(line, stand_ins)).strip()
    if opening:
        sections[_HISTORY] = f"{opening}\n{sections.get(_HISTORY, '')}".rstrip()
    return "\n\n".join(f"{heading(section)}\n{sections.get(section, NOT_DOCUMENTED)}" for section in SECTIONS)


def _tells(line: str, stand_ins: Sequence[str]) -> bool:
    said = _REMOVED.sub("", masked(line, stand_ins)).strip(" \t,;|-*#")
    return not line.strip() or (bool(re.search(r"\w", said)) and not _TITLE.fullmatch(said))
