"""Sections made of labelled segments, each with how certain that reading is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from edscribe_pipelines.clinical.reading.content.model import NO_SECTION, Absent, Labelled, label
from edscribe_pipelines.clinical.reading.content.segments import Segment, segments_of
from edscribe_pipelines.clinical.reading.content.sights import opens_plainly

_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
"""A character that the model cannot be told of."""
_WORTH_A_DOUBT = 0.2
"""The least probability of another reading that is told."""
_WORTH_A_LOOK = 0.01
"""The same for a section that is read nowhere."""


class Passage(NamedTuple):
    """`section` at note[start:end], behind its heading, if any, which begins at `opening`. `has_heading` says whether a
    heading of the table opens it; `confidence` is the model's mean probability over the passage's characters."""

    section: str
    opening: int
    start: int
    end: int
    has_heading: bool
    confidence: float


class Doubt(NamedTuple):
    """What is read as `read_as` at note[start:end], with that probability, and may be of `section`, with this one."""

    section: str
    confidence: float
    read_as: str
    read_confidence: float
    start: int
    end: int


class ContentReading(NamedTuple):
    """Passages in the order of the note, and doubts about them."""

    passages: tuple[Passage, ...]
    doubts: tuple[Doubt, ...]


def read_content(note: str) -> ContentReading:
    """Return what the note's content tells. Only what stands before its first section is in none: the rest of a banner
    or a signature goes with the section before it, so that no word is lost."""
    note = _HALF_OF_A_PAIR.sub("?", note)
    segments = segments_of(note)
    labelled, absent = label(note, segments)
    sections = list(_told(note, segments, [each.section for each in labelled]))
    return ContentReading(
        tuple(_passages(note, segments, sections, labelled)),
        (*_doubts(segments, sections, labelled), *_doubts_about_absent(segments, sections, labelled, absent)),
    )


def _told(note: str, segments: Sequence[Segment], sections: Sequence[str]) -> Iterator[str]:
    """Yield the section of each segment: none for a banner before the first, though the model may take it for its
    beginning; that of the one before for what else has none."""
    banner = _end_of_banner(note, segments, sections)
    before = NO_SECTION
    for place, section in enumerate(sections):
        if place >= banner and section != NO_SECTION:
            before = section
        yield before


def _end_of_banner(note: str, segments: Sequence[Segment], sections: Sequence[str]) -> int:
    """Return the place of the heading that opens the first section; 0 where none does."""
    first = next((section for section in sections if section != NO_SECTION), NO_SECTION)
    for place, section in enumerate(sections):
        if section not in (first, NO_SECTION):
            return 0
        if section == first and _is_headed(note, segments[place], first):
            return place
    return 0


def _is_headed(note: str, segment: Segment, section: str) -> bool:
    return segment.cue is not None and segment.cue.section == section and opens_plainly(note, segment)


def _passages(
    note: str, segments: Sequence[Segment], sections: Sequence[str], labelled: Sequence[Labelled]
) -> Iterator[Passage]:
    for section, run in _runs(sections):
        if section != NO_SECTION:
            opening, last = segments[run[0]], segments[run[-1]]
            start = _start(note, [segments[place] for place in run])
            yield Passage(
                section,
                opening.start,
                start,
                max(start, last.end),
                _is_headed(note, opening, section),
                _mean(segments, run, [labelled[place].confidence for place in run]),
            )


def _start(note: str, said: Sequence[Segment]) -> int:
    """Return where the content begins: behind the heading of the table that opens it, if it is written as one. What
    follows a heading that is alone is content, though it begins with a heading of its own ("Results" and "ECG: ..."),
    and so are words before a colon that are no heading of the table ("Penicillin: hives")."""
    if all(segment.content >= segment.end for segment in said):
        return said[-1].end
    first = said[0]
    if first.cue is None or not opens_plainly(note, first):
        return first.start
    return first.content if first.content < first.end else said[1].start


def _doubts(segments: Sequence[Segment], sections: Sequence[str], labelled: Sequence[Labelled]) -> Iterator[Doubt]:
    others = [each.other if each.other_confidence >= _WORTH_A_DOUBT else NO_SECTION for each in labelled]
    for (read_as, other), run in _runs(list(zip(sections, others, strict=True))):
        if NO_SECTION not in (read_as, other):
            yield Doubt(
                other,
                _mean(segments, run, [labelled[place].other_confidence for place in run]),
                read_as,
                _mean(segments, run, [labelled[place].confidence for place in run]),
                segments[run[0]].start,
                segments[run[-1]].end,
            )


def _doubts_about_absent(
    segments: Sequence[Segment], sections: Sequence[str], labelled: Sequence[Labelled], absent: Sequence[Absent]
) -> Iterator[Doubt]:
    """Yield where each section may be that nothing is read as; a short one is easily taken for its neighbour."""
    for section, place, confidence in absent:
        if confidence >= _WORTH_A_LOOK:
            start, end = segments[place].start, segments[place].end
            yield Doubt(section, confidence, sections[place], labelled[place].confidence, start, end)


def _runs(values: Sequence[Any]) -> Iterator[tuple[Any, list[int]]]:
    """Yield each value with the places where it comes without a break."""
    for value, numbered in groupby(enumerate(values), key=itemgetter(1)):
        yield value, [place for place, _ in numbered]


def _mean(segments: Sequence[Segment], run: Sequence[int], values: Sequence[float]) -> float:
    """Return the mean of the values by the segments' length."""
    sizes = [segments[place].end - segments[place].start for place in run]
    return sum(size * value for size, value in zip(sizes, values, strict=True)) / sum(sizes)
