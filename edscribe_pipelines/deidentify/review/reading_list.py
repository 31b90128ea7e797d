"""The notes that the gate withholds in doubt, and the stretches of each that a person has to decide about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from edscribe_pipelines.clinical.records import Identifier, PhiEncounter, rows_of
from edscribe_pipelines.deidentify.checking.doubt import open_doubts
from edscribe_pipelines.deidentify.checking.judging.judge import Doubt
from edscribe_pipelines.deidentify.encounters import narratives_of
from edscribe_pipelines.deidentify.jsonl.batches import read_batches
from edscribe_pipelines.deidentify.jsonl.note_lines import Refusal, read_notes
from edscribe_pipelines.deidentify.remover import Note, Remover
from edscribe_pipelines.deidentify.review.decisions import Decisions

_AT_ONCE = 64


class Doubtful(NamedTuple):
    """A text that is withheld: what is removed of it anyway, and what is doubtful, both as characters of it."""

    text: str
    removed: tuple[tuple[int, int], ...]
    doubts: list[Doubt]


def doubtful_texts(source: Path, decisions: Decisions, remover: Remover) -> Iterator[Doubtful]:
    """Yield the withheld texts of `source`: JSON lines as `edscribe deid` reads them, or a table of encounters.

    Raises BadInput for a line that cannot be used.
    """
    some: list[Note] = []
    for text, known in _texts(source):
        some.append(Note(text, known, confirmed=decisions.identifiers(text)))
        if len(some) == _AT_ONCE:
            yield from _doubtful(some, decisions, remover)
            some = []
    yield from _doubtful(some, decisions, remover)


def _doubtful(notes: list[Note], decisions: Decisions, remover: Remover) -> Iterator[Doubtful]:
    for note, clean in zip(notes, remover.remove_all(notes), strict=True):
        doubts = open_doubts(note.text, clean.spans, decisions.struck(note.text))
        if doubts:
            yield Doubtful(note.text, tuple((span.start, span.end) for span in clean.spans), doubts)


def _texts(source: Path) -> Iterator[tuple[str, list[Identifier]]]:
    if source.suffix == ".parquet":
        for row in rows_of(PhiEncounter, pl.read_parquet(source)):
            yield from ((text, [*row["known_identifiers"], *row["source_ids"]]) for _, text in narratives_of(row))
        return
    with source.open("rb", buffering=0) as stream:
        for batch in read_batches(stream):
            for note in read_notes(batch):
                if isinstance(note, Refusal):
                    raise note.as_error(str(source))
                yield note.text, note.known_identifiers
