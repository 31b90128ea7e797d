"""Notes whose sections are marked: ⟦CODE|what it says⟧ around the content of each, its heading outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from edscribe_pipelines.clinical.sections import SECTIONS

_CODES = ("CC", "HPI", "ROS", "PMH", "MEDS", "ALL", "SOC", "EXAM", "COURSE", "LABS", "MDM", "DISPO")
CODES = dict(zip(_CODES, SECTIONS, strict=True))
NOTES = Path(__file__).parent / "notes"
_MARKED = re.compile(r"⟦(?P<code>[A-Z]+)\|(?P<said>[^⟦⟧]*)⟧")

Part = tuple[str, str | None]
"""A stretch of a note and its section, None for headings, banners and whatever divides."""


def read_notes(name: str) -> Iterator[dict[str, Any]]:
    """Yield the notes of `notes/<name>.jsonl`: id, style, marked text, and the facts that the note states."""
    for line in (NOTES / f"{name}.jsonl").read_bytes().splitlines():
        yield orjson.loads(line)


def parts_of(marked: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for match in _MARKED.finditer(marked):
        parts += [(marked[end : match.start()], None), (match["said"], CODES[match["code"]])]
        end = match.end()
    return [part for part in [*parts, (marked[end:], None)] if part[0]]


def text_of(parts: Sequence[Part]) -> str:
    return "".join(text for text, _ in parts)


def sections_by_character(parts: Sequence[Part]) -> list[str | None]:
    return [section for text, section in parts for _ in text]
