"""The filled forms of `annotation.py`, read with care: what is wrong is named by file, row and field."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.annotation import FORM_COLUMNS, span_types
from edscribe_pipelines.errors import BadInput


class Mark(NamedTuple):
    """One identifier that an annotator found."""

    start: int
    end: int
    type: str


class Drawn(NamedTuple):
    """A note of the sample: how it was drawn, and its length."""

    how: str
    characters: int


Marks = dict[str, list[Mark]]
"""The marks of each note of the sample, also where there are none."""


def read_sample(path: Path) -> dict[str, Drawn]:
    rows = _rows(path, ("note_id", "drawn", "characters"))
    sample = {row["note_id"]: Drawn(row["drawn"], _whole(row["characters"], at, "characters")) for at, row in rows}
    if not sample:
        raise BadInput(path.name, "holds no note")
    return sample


def read_form(path: Path, sample: Mapping[str, Drawn]) -> Marks:
    marks: Marks = {note_id: [] for note_id in sample}
    read = set()
    for place, row in _rows(path, FORM_COLUMNS):
        note_id = row["note_id"].strip()
        if note_id not in sample:
            raise BadInput(place, "not a note of the sample", field="note_id", remedy="Copy the id from the form.")
        if row["read"].strip().casefold() in ("yes", "y"):
            read.add(note_id)
        if any(row[column].strip() for column in FORM_COLUMNS[2:]):
            marks[note_id].append(_mark(row, place, sample[note_id].characters))
    if len(read) < len(sample):
        problem = f"{len(sample) - len(read)} of {len(sample)} notes are not marked as read"
        raise BadInput(path.name, problem, field="read", remedy="Read them and write yes in their rows.")
    return {note_id: united(found) for note_id, found in marks.items()}


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (file and row as a spreadsheet counts it, row)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise BadInput(f"{path.name}, row 1", "the column is missing", field=missing[0])
            for number, row in enumerate(reader, start=2):
                yield f"{path.name}, row {number}", row
    except (OSError, UnicodeDecodeError, csv.Error):
        raise BadInput(path.name, "cannot be read as a CSV file in UTF-8") from None


def _mark(row: Mapping[str, str], place: str, characters: int) -> Mark:
    start, end = _whole(row["start"], place, "start"), _whole(row["end"], place, "end")
    if end <= start:
        raise BadInput(place, "not behind the start", field="end")
    if end > characters:
        raise BadInput(place, "behind the last character of the note", field="end")
    category = row["category"].strip().upper()
    if category not in span_types():
        raise BadInput(place, "not a category of the form", field="category", remedy="The form lists them.")
    return Mark(start, end, category)


def _whole(cell: str, place: str, field: str) -> int:
    if not (cell.strip().isascii() and cell.strip().isdigit()):
        raise BadInput(place, "not a whole number", field=field, remedy="Write the position as the form shows it.")
    return int(cell)


def united(marks: Iterable[Mark]) -> list[Mark]:
    """Return `marks` sorted, those that overlap as one."""
    union: list[Mark] = []
    for mark in sorted(marks):
        if union and mark.start < union[-1].end:
            union[-1] = union[-1]._replace(end=max(union[-1].end, mark.end))
        else:
            union.append(mark)
    return union
