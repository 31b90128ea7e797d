"""Notes whose identifiers are marked: ⟪CAT|value⟫ around each; ⟪KEEP|words⟫ around what looks like one and stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

NOTES = Path(__file__).parent / "notes"
KEEP = "KEEP"
_MARKED = re.compile(r"⟪(?P<category>[A-Z_0-9]+)\|(?P<value>[^⟪⟫]*)⟫")

Part = tuple[str, str | None]
"""A stretch of a note and the category of the identifier that it is, None where it is none."""


class MarkedNote(NamedTuple):
    note_id: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)

    def spans(self) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and category of what is marked, KEEP included."""
        start = 0
        for text, category in self.parts:
            if category:
                yield start, start + len(text), category
            start += len(text)


def read_notes(name: str) -> Iterator[MarkedNote]:
    """Yield the notes of `notes/<name>.jsonl`."""
    for line in (NOTES / f"{name}.jsonl").read_bytes().splitlines():
        row = orjson.loads(line)
        yield MarkedNote(row["id"], tuple(parts_of(row["text"])))


def parts_of(marked: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for match in _MARKED.finditer(marked):
        parts += [(marked[end : match.start()], None), (match["value"], match["category"])]
        end = match.end()
    return [part for part in [*parts, (marked[end:], None)] if part[0]]


def identifiers(parts: Sequence[Part]) -> list[Part]:
    """Return the parts without the marks of what must stay."""
    return [(text, None if category == KEEP else category) for text, category in parts]
