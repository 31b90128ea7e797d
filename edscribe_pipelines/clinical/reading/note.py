"""Where the twelve sections of a physician's note are, and what state each is in.

Where headings on lines of their own open all twelve, they are the sections. Any other note is read by its content,
headings being one thing that is seen in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.content.model import MOST_HEADED
from edscribe_pipelines.clinical.reading.content.spans import ContentReading, Doubt, read_content
from edscribe_pipelines.clinical.reading.headed import headed_spans
from edscribe_pipelines.clinical.reading.headings import headings_of, with_headings_on_lines
from edscribe_pipelines.clinical.reading.states import SectionSpan, joined, states_of
from edscribe_pipelines.clinical.records import SectionState
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.tables import forgotten_with_tables

_FEWEST_WORDS = 60
"""A text of fewer is no note whose content tells its sections."""
_LEAST_CONFIDENCE = 0.7
"""Below it, a section that no heading opens is missing, which is in doubt. Of other hands' notes, 0.91 of such sections
that were there are above it, and 0.03 of those that were not."""
_LEAST_AMONG_HEADINGS = 0.9
"""The same where headings open most other sections: there a section without one is hardly there."""


class NoteReading(NamedTuple):
    """`spans` in the order of the note. `content` is None where the headings decided; `inferred` holds the sections
    that no heading opens, each with the mean probability of its characters."""

    spans: tuple[SectionSpan, ...]
    states: dict[str, SectionState]
    content: ContentReading | None
    inferred: dict[str, float]
    doubts: tuple[Doubt, ...]
    """None in a note of headings, where a section without one is missing."""
    preamble: str
    """What stands before the first section, which is the whole of a note without any."""


@forgotten_with_tables
@lru_cache(maxsize=1)
def read_sections(note: str) -> NoteReading:
    """Return what is read of the sections. Remembers the last note: every rule asks for the same one."""
    if len(note.split()) < _FEWEST_WORDS:
        return by_headings(with_headings_on_lines(note))
    if len({span.section for span in headed_spans(note)}) == len(SECTIONS):
        return by_headings(note)
    content = read_content(note)
    spans = tuple(SectionSpan(each.section, each.start, each.end) for each in content.passages)
    inferred = dict(_inferred(content))
    has_headings = len({each.section for each in content.passages if each.has_heading}) >= MOST_HEADED
    least = _LEAST_AMONG_HEADINGS if has_headings else _LEAST_CONFIDENCE
    states = states_of(note, spans)
    states |= {section: "missing" for section, confidence in inferred.items() if confidence < least}
    doubts = () if has_headings else content.doubts
    before = content.passages[0].opening if content.passages else len(note)
    return NoteReading(spans, states, content, inferred, doubts, note[:before].strip())


def by_headings(note: str) -> NoteReading:
    """Return what the headings alone tell."""
    spans, headings = headed_spans(note), headings_of(note)
    before = headings[0].start if headings else len(note)
    return NoteReading(spans, states_of(note, spans), None, {}, (), note[:before].strip())


def _inferred(content: ContentReading) -> Iterator[tuple[str, float]]:
    headed = {each.section for each in content.passages if each.has_heading}
    for section in dict.fromkeys(each.section for each in content.passages if each.section not in headed):
        passages = [each for each in content.passages if each.section == section]
        weighed = sum((each.end - each.opening) * each.confidence for each in passages)
        yield section, weighed / sum(each.end - each.opening for each in passages)


def section_spans(note: str) -> tuple[SectionSpan, ...]:
    """Return the sections' spans in the order of the note."""
    return read_sections(note).spans


def split_sections(note: str) -> dict[str, str]:
    """Return the content of each section that the note has, in the order of `SECTIONS`."""
    return joined(note, section_spans(note))


def section_states(note: str) -> dict[str, SectionState]:
    """Return the state of each of the twelve sections."""
    return read_sections(note).states
