"""Notes by other hands with their sections marked, and how well they are read.

`section_reader/notes/held.jsonl` is in the repository: fifty notes that no model was trained on. The notes of
`EDSCRIBE_TEST_CASES_DIR` come from outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from edscribe_pipelines.clinical.reading.note import section_spans
from edscribe_pipelines.clinical.sections import SECTIONS
from section_reader.marked import Part, parts_of, read_notes, sections_by_character, text_of

LEAST_READ, MOST_FOREIGN = 0.8, 0.1
"""A section is read where so many of its letters are found, and so few of what is found are of others."""
_NAMES = {"HPI": "History of Present Illness", "ROS": "Review of Systems"}


@dataclass(frozen=True)
class MarkedNote:
    note_id: str
    style: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return text_of(self.parts)

    @property
    def sections(self) -> list[str]:
        return [section for section in SECTIONS if any(of == section for _, of in self.parts)]

    def without(self, section: str, *, heading: bool) -> str:
        """Return the note with nothing of `section`; with `heading`, without what stands before it on its line, too."""
        kept: list[Part] = []
        for text, of in self.parts:
            if of != section:
                kept.append((text, of))
            elif heading and kept and kept[-1][1] is None:
                before, line_break, _ = kept[-1][0].rpartition("\n")
                kept[-1] = (before + line_break, None)
        return text_of(kept)


class Read(NamedTuple):
    section: str
    is_read: bool
    letters: int
    found: int


def held_notes() -> list[MarkedNote]:
    return [MarkedNote(note["id"], note["style"], tuple(parts_of(note["text"]))) for note in read_notes("held")]


def notes_in(folder: Path) -> list[MarkedNote]:
    rows = [orjson.loads(line) for line in (folder / "ed-notes.jsonl").read_bytes().splitlines()]
    return [MarkedNote(row["id"], row["style"], tuple(_parts(row))) for row in rows]


def _parts(row: dict[str, Any]) -> Iterator[Part]:
    spans = ((*span, _NAMES.get(name, name)) for name, span in row["sections"].items() if span)
    end = 0
    for start, after, section in sorted(spans):
        yield row["note"][end:start], None
        yield row["note"][start:after], section
        end = after
    yield row["note"][end:], None


def read(note: MarkedNote) -> list[Read]:
    """Return how each section that the note has is read."""
    text, marked = note.text, sections_by_character(note.parts)
    found: list[str | None] = [None] * len(text)
    for section, start, end in section_spans(text):
        found[start:end] = [section] * (end - start)
    letters = [place for place, character in enumerate(text) if character.isalnum()]
    return [_read(section, [(marked[place], found[place]) for place in letters]) for section in note.sections]


def _read(section: str, letters: Sequence[tuple[str | None, str | None]]) -> Read:
    of = sum(marked == section for marked, _ in letters)
    right = sum(marked == found == section for marked, found in letters)
    foreign = sum(found == section and marked not in (None, section) for marked, found in letters)
    is_read = right >= LEAST_READ * of and foreign <= MOST_FOREIGN * (right + foreign)
    return Read(section, is_read, of, right)


def table(notes: Sequence[MarkedNote]) -> str:
    """Return the share of notes in which each section is read, by style and over all."""
    read_in: dict[str, Counter[str]] = {}
    of: dict[str, Counter[str]] = {}
    for note in notes:
        for each in read(note):
            for style in (note.style, "all"):
                read_in.setdefault(style, Counter())[each.section] += each.is_read
                of.setdefault(style, Counter())[each.section] += 1
    shown = [" " * 40 + " ".join(f"{section[:8]:>8}" for section in SECTIONS)]
    for style, counts in of.items():
        shares = (f"{read_in[style][section]}/{counts[section]}" for section in SECTIONS)
        shown.append(f"{style[:40]:40}" + " ".join(f"{share:>8}" for share in shares))
    return "\n".join(shown)
