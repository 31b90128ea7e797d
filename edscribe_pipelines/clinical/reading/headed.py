"""Where the twelve sections of a note are by its headings alone.

That is all there is to a note that this project writes, or asks a model for: without its heading a section is missing.
"""

from __future__ import annotations

from functools import lru_cache

from edscribe_pipelines.clinical.reading.headings import Heading, headings_of
from edscribe_pipelines.clinical.reading.states import SectionSpan, joined, states_of
from edscribe_pipelines.clinical.records import SectionState
from edscribe_pipelines.tables import forgotten_with_tables


@forgotten_with_tables
@lru_cache(maxsize=1)
def headed_spans(note: str) -> tuple[SectionSpan, ...]:
    """Return the sections' spans in the order of the note; text before the first heading is in none.

    Remembers the last note: every rule asks for the same one.
    """
    headings = headings_of(note)
    starts = [opened.start for opened in headings] + [len(note)]
    return tuple(_content(note, opened, end) for opened, end in zip(headings, starts[1:], strict=True))


def _content(note: str, opened: Heading, end: int) -> SectionSpan:
    text = note[opened.end : end]
    start = opened.end + len(text) - len(text.lstrip())
    return SectionSpan(opened.section, start, max(start, opened.end + len(text.rstrip())))


def split_headed(note: str) -> dict[str, str]:
    """Return the content of each section that has a heading, in the order of `SECTIONS`."""
    return joined(note, headed_spans(note))


def headed_states(note: str) -> dict[str, SectionState]:
    """Return the state of each of the twelve sections."""
    return states_of(note, headed_spans(note))
