"""Removes PHI from texts: Presidio's analyzer with our recognizers, then what stands in the place of each span."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.finding.by_line.reader import LineReader
from edscribe_pipelines.deidentify.finding.engine import Analyzer, as_recognizer
from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers
from edscribe_pipelines.deidentify.finding.learned.agreement import find_unexplained, is_overruled
from edscribe_pipelines.deidentify.finding.learned.reader import LearnedReader
from edscribe_pipelines.deidentify.finding.propagation import find_dates_beside, find_names_again
from edscribe_pipelines.deidentify.finding.spans import GUESSED, Deidentified, Span, settle
from edscribe_pipelines.deidentify.finding.time_limit import RULE as TIME_LIMIT
from edscribe_pipelines.deidentify.finding.time_limit import TookTooLong
from edscribe_pipelines.deidentify.finding.unseen import blanks_for_unseen, has_unseen, in_original, without_unseen
from edscribe_pipelines.deidentify.replacing.replacement import Replacement

_TAGS = Replacement()
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOCK = 200_000
"""Characters that go through Presidio at once; it sorts and compares all finds of a text with each other."""


class Note(NamedTuple):
    """One text; `known_identifiers` are values that must go wherever they stand, `confirmed` what a person found."""

    text: str
    known_identifiers: Sequence[Identifier] = ()
    patient_key: str = ""
    year: int | None = None
    confirmed: Sequence[Span] = ()


class Remover:
    """Replaces PHI by Safe Harbor's tags. `recognizers` are further Presidio recognizers, of a site; `is_learned` says
    whether models read beside the rules, which find what no rule foresaw and cost speed."""

    def __init__(self, recognizers: Sequence[Any] = (), *, is_learned: bool = True) -> None:
        self._lines = LineReader(asks_model=not is_learned)
        self._learned = LearnedReader() if is_learned else None
        learned = [as_recognizer(GUESSED, self._learned_finds)] if is_learned else []
        self._analyzer = Analyzer(self._likely_finds, (*learned, *recognizers))

    def remove(self, text: str, known_identifiers: Sequence[Identifier] = ()) -> Deidentified:
        """Return `text` without PHI. A lone surrogate leaves as U+FFFD, so that the text can be stored."""
        return self.remove_all([Note(text, known_identifiers)])[0]

    def remove_all(self, notes: Sequence[Note]) -> list[Deidentified]:
        """Do as `remove` does for many notes at once, which is faster: the models read them in batches."""
        readable = [note._replace(text=_LONE_SURROGATE.sub("\ufffd", note.text)) for note in notes]
        readings = [reading for note in readable for reading in _readings(note.text)]
        with suppress(TookTooLong):  # One of the notes did, and is asked again alone.
            self._lines.prepare(readings)
        if self._learned:
            self._learned.prepare(block for reading in readings for _, block in _blocks(reading))
        return [self._removed(note) for note in readable]

    def _removed(self, note: Note) -> Deidentified:
        try:
            spans = settle(self._finds(note), note.text)
        except TookTooLong:
            spans = (Span(0, len(note.text), "OTHER_ID", TIME_LIMIT),)
        return Deidentified(_TAGS.apply(note.text, spans, note.patient_key, note.year), spans)

    def _likely_finds(self, text: str) -> Iterator[Span]:
        finds = self._lines.finds(text)
        if not self._learned:
            return finds
        reading = self._learned.reading(text)
        return (find for find in finds if not is_overruled(find, reading))

    def _learned_finds(self, text: str) -> Iterator[Span]:
        return find_unexplained(text, self._learned.reading(text)) if self._learned else iter(())

    def _finds(self, note: Note) -> Iterator[Span]:
        readings = _readings(note.text)
        yield from note.confirmed
        yield from self._finds_of(note._replace(text=readings[0]))
        for shorter in readings[1:]:
            yield from in_original(note.text, self._finds_of(note._replace(text=shorter)))

    def _finds_of(self, note: Note) -> list[Span]:
        finds = list(self._analyze(note))
        return [*finds, *find_names_again(note.text, finds), *find_dates_beside(note.text, finds)]

    def _analyze(self, note: Note) -> Iterator[Span]:
        for_this_note = []
        if note.known_identifiers:
            for_this_note.append(as_recognizer("known_identifiers", KnownIdentifiers(note.known_identifiers).finds))
        for offset, block in _blocks(note.text):
            for find in self._analyzer.analyze(block, for_this_note):
                yield Span(offset + find.start, offset + find.end, find.type, find.rule)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield `text` in blocks that end where a line does, or else a word."""
    start = 0
    while start < len(text):
        end = min(start + _BLOCK, len(text))
        if end < len(text):
            ends = (text.rfind(apart, start + _BLOCK // 2, end) + 1 for apart in ("\n", " "))
            end = next((each for each in ends if each), end)
        yield start, text[start:end]
        start = end


def _readings(text: str) -> tuple[str, ...]:
    """Return how `text` is read: where it holds what nobody sees, with blanks for that and without it."""
    return (blanks_for_unseen(text), without_unseen(text)) if has_unseen(text) else (text,)
