"""A site's own measurement of leakage, first half: the sample and the forms of two annotators.

Half of the sample is drawn at random, and only that half bounds the leakage. The other half is what a generic
detector puts first, to find leaks that chance would miss. The folder holds notes that may leak: it belongs in
the PHI zone, readable by its owner alone.
"""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from edscribe_pipelines.deidentify.checking.ranking import rank_for_review
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import commit_folder
from edscribe_pipelines.tables import read_table

SAMPLE = "sample.csv"
FORM_COLUMNS = ("note_id", "read", "start", "end", "category")
RANDOM, RANKED = "random", "ranked"
ANNOTATORS = ("a", "b")


def read_released(source: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    """Return the texts of `edscribe deid`'s lines by id, without those that the gate stopped.

    Raises BadInput where a line is none of its, or the lines hold no text.
    """
    notes: dict[str, str] = {}
    for place, row in rows:
        if not isinstance(row.get("id"), str | int) or not isinstance(row.get("text"), str | None):
            raise BadInput(
                place, "no line of edscribe deid", field="id, text", remedy="Give the OUT file of edscribe deid."
            )
        if row["text"]:
            notes[str(row["id"])] = row["text"]
    if not notes:
        raise BadInput(source, "holds no released note", remedy="Give the OUT file of edscribe deid.")
    return notes


def write_annotation_form(notes: Mapping[str, str], folder: Path, size: int, seed: int) -> None:
    """Draw `size` de-identified notes, by id, and write each annotator's CSV form and printable HTML to `folder`.

    `folder` must not exist; it gets mode 700 and its files mode 600. `sample.csv` says how each note was drawn.
    """
    sample = _draw(notes, size, random.Random(seed))
    with commit_folder(folder) as staged:
        staged.chmod(0o700)
        lengths = [(note_id, drawn, str(len(notes[note_id]))) for note_id, drawn in sample.items()]
        _write(staged / SAMPLE, _as_csv([("note_id", "drawn", "characters"), *lengths]))
        for annotator in ANNOTATORS:
            order = random.Random(f"{seed}{annotator}").sample(list(sample), len(sample))
            empty = [(note_id, *("" for _ in FORM_COLUMNS[1:])) for note_id in order]
            _write(staged / f"annotator_{annotator}.csv", _as_csv([FORM_COLUMNS, *empty]))
            _write(staged / f"annotator_{annotator}.html", _page(annotator, {each: notes[each] for each in order}))


def span_types() -> dict[str, str]:
    """Return the Safe Harbor category of each type that an annotator may write."""
    return {row["type"]: row["category"] for row in read_table("phi_types.csv", FOLDER)}


def _draw(notes: Mapping[str, str], size: int, chance: random.Random) -> dict[str, str]:
    ids = list(notes)
    drawn = chance.sample(ids, min(-(-size // 2), len(ids)))
    taken = set(drawn)
    rest = [note_id for note_id in ids if note_id not in taken]
    ranked = rank_for_review(rest, [notes[note_id] for note_id in rest])[: size - len(drawn)]
    return dict.fromkeys(drawn, RANDOM) | {note_id: RANKED for note_id, _ in ranked}


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="replace") as stream:
        stream.write(text)


def _page(annotator: str, notes: Mapping[str, str]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = FileSystemLoader(Path(__file__).with_name("templates"))
    pages = Environment(
        loader=templates, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    shown = [(note_id, _lines(text)) for note_id, text in notes.items()]
    return pages.get_template("annotation.html.j2").render(annotator=annotator, notes=shown, types=span_types())


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines of `text`, each with the offset of its first character."""
    lines, offset = [], 0
    for line in text.split("\n"):
        lines.append((offset, line))
        offset += len(line) + 1
    return lines
