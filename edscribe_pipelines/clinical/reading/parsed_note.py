"""A note as everything that judges it sees it: read once, asked often."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from edscribe_pipelines.clinical.reading.context import Scope, scopes_in
from edscribe_pipelines.clinical.reading.cues import Context
from edscribe_pipelines.clinical.reading.note import NoteReading, by_headings, read_sections
from edscribe_pipelines.clinical.reading.sentences import Sentence, sentences_of
from edscribe_pipelines.clinical.reading.states import SectionSpan, joined
from edscribe_pipelines.clinical.records import SectionState
from edscribe_pipelines.tables import forgotten_with_tables

Reading = TypeVar("Reading")


class ParsedNote:
    """`text` with its sections and sentences. What else a rule reads in it (`dose_mentions`) is read once, by `of`.

    `headed` reads the sections by headings alone: those of a note that must have them, and of a text that is none.
    """

    def __init__(self, text: str, headed: bool = False) -> None:
        self.text = text
        self._headed = headed
        self._read: dict[Callable[[ParsedNote], Any], Any] = {}

    def of(self, reader: Callable[[ParsedNote], Reading]) -> Reading:
        """Return what `reader` reads in the note, remembered for whoever asks next."""
        if reader not in self._read:
            self._read[reader] = reader(self)
        return self._read[reader]  # type: ignore[no-any-return]

    @cached_property
    def reading(self) -> NoteReading:
        return by_headings(self.text) if self._headed else read_sections(self.text)

    @property
    def spans(self) -> tuple[SectionSpan, ...]:
        return self.reading.spans

    @property
    def states(self) -> dict[str, SectionState]:
        return self.reading.states

    @cached_property
    def sections(self) -> dict[str, str]:
        """The content of each section that the note has, joined by a line break where it comes more than once."""
        return joined(self.text, self.spans)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentences_of(self.text))

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """In the order in which they start."""
        return tuple(scopes_in(self.text, self.sentences, self.spans))

    def section_at(self, offset: int) -> str | None:
        """Return the section whose heading stands last before text[offset], None before the first."""
        place = bisect_right(self._section_starts, offset) - 1
        return self.spans[place].section if place >= 0 else None

    def sentence_at(self, offset: int) -> Sentence:
        """Return the sentence that text[offset] belongs to, or the one before where it stands between two."""
        place = bisect_right(self._sentence_starts, offset) - 1
        return self.sentences[place] if place >= 0 else Sentence(0, 0)

    def context(self, start: int, end: int) -> frozenset[Context]:
        """Return how what stands in text[start:end] is meant; empty is plainly asserted, of the patient and today."""
        held = []
        for context, starts, reached in self._reach:
            begun = bisect_right(starts, start)
            if begun and end <= reached[begun - 1]:
                held.append(context)
        return frozenset(held)

    @cached_property
    def _reach(self) -> list[tuple[Context, list[int], list[int]]]:
        """Each context with the starts of its scopes, and how far the scopes that began by then reach at most."""
        by_context: dict[Context, tuple[list[int], list[int]]] = {}
        for context, start, end in self.scopes:
            starts, reached = by_context.setdefault(context, ([], []))
            starts.append(start)
            reached.append(max(end, reached[-1]) if reached else end)
        return [(context, starts, reached) for context, (starts, reached) in by_context.items()]

    @cached_property
    def _section_starts(self) -> list[int]:
        return [span.start for span in self.spans]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]


@forgotten_with_tables
@lru_cache(maxsize=1)
def parse_note(text: str, headed: bool = False) -> ParsedNote:
    """Return the note read; the last one is remembered, because gates and rules ask for the same."""
    return ParsedNote(text, headed)
