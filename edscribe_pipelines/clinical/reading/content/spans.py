"""Sections made of labelled segments, each with how certain that reading is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.content.model import NO_SECTION, Labelled, label
from edscribe_pipelines.clinical.reading.content.segments import Segment, segments_of
from edscribe_pipelines.clinical.reading.content.sights import opens_plainly


class Passage(NamedTuple):
    """`section` at note[start:end], behind its heading. `has_heading` says whether a heading of the table opens it.

    `confidence` is the model's mean probability over the passage's characters; `other` the section that is likely
    next, with its own.
    """

    section: str
    start: int
    end: int
    has_heading: bool
    confidence: float
    other: str
    other_confidence: float


def passages_of(note: str) -> tuple[Passage, ...]:
    """Return the passages in the order of the note; what is in no section is in none."""
    segments = segments_of(note)
    labelled = label(note, segments)
    return tuple(_passages(note, segments, labelled))


def _passages(note: str, segments: Sequence[Segment], labelled: Sequence[Labelled]) -> Iterator[Passage]:
    for section, places in groupby(range(len(segments)), key=lambda place: labelled[place].section):
        run = list(places)
        if section == NO_SECTION:
            continue
        said, heard = [segments[place] for place in run], [labelled[place] for place in run]
        start = _start(said)
        opening = said[0]
        has_heading = opening.cue is not None and opening.cue.section == section and opens_plainly(note, opening)
        other, other_confidence = _other(said, heard)
        confidence = _mean(said, [each.confidence for each in heard])
        yield Passage(section, start, max(start, said[-1].end), has_heading, confidence, other, other_confidence)


def _start(said: Sequence[Segment]) -> int:
    """Return where the content begins: behind the heading, or where the next segment does if that is all there is."""
    opening = said[0]
    return said[1].start if opening.content >= opening.end and len(said) > 1 else opening.content


def _other(said: Sequence[Segment], heard: Sequence[Labelled]) -> tuple[str, float]:
    likely: dict[str, float] = {}
    for other in sorted({each.other for each in heard}):
        likely[other] = _mean(said, [each.other_confidence * (each.other == other) for each in heard])
    return max(likely.items(), key=itemgetter(1))


def _mean(said: Sequence[Segment], values: Sequence[float]) -> float:
    """Return the mean of the values by the segments' length."""
    sizes = [segment.end - segment.start for segment in said]
    return sum(size * value for size, value in zip(sizes, values, strict=True)) / sum(sizes)
