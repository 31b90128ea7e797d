"""Physicians' own notes as training cases: the same words under the twelve headings.

Only headings change. A section that the note lacks says `NOT_DOCUMENTED`, which is true of its source;
whether a note with that gap may teach is for the gates to say.

What stands before the first heading opens the history of present illness: there a physician who sets no
heading begins, with who the patient is and why they came. The document's title and a banner of which
de-identification left only labels and tags are no history, and are left out.
"""

from __future__ import annotations

import re

import polars as pl

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.cases import make_cases
from edscribe_pipelines.corpus.facts import prompts

_HISTORY = "History of Present Illness"
_TITLE = re.compile(r"(?:[\w/&'-]+[ \t]+){0,7}(?:note|report|record|chart|summary|H&P)", re.I)
_REMOVED = re.compile(r"(?:[A-Za-z#/ ]{1,30}[:#][ \t]*)?\[[A-Z_]+\]")


def physician_cases(encounters: pl.DataFrame) -> pl.DataFrame:
    """Return the `Case` of each `DeidentifiedNote` row whose note has headings."""
    notes = pl.Series([_twelve_sections(note or "") for note in encounters["note"]], dtype=pl.String)
    sectioned, written = encounters.filter(notes.is_not_null()), notes.drop_nulls()
    none = pl.repeat([], len(written), dtype=pl.List(pl.Null), eager=True)
    return make_cases(sectioned, "physician", "physician", prompts(sectioned), written, none)


def _twelve_sections(note: str) -> str | None:
    read = ParsedNote(note)
    sections = dict(read.sections)
    if not sections:
        return None
    opening = "\n".join(line for line in read.reading.preamble.splitlines() if _tells(line)).strip()
    if opening:
        sections[_HISTORY] = f"{opening}\n{sections.get(_HISTORY, '')}".rstrip()
    return "\n\n".join(f"{heading(section)}\n{sections.get(section, NOT_DOCUMENTED)}" for section in SECTIONS)


def _tells(line: str) -> bool:
    said = _REMOVED.sub("", line).strip(" \t,;|-*#")
    return not line.strip() or (bool(re.search(r"\w", said)) and not _TITLE.fullmatch(said))
