"""Which section each segment of a note belongs to, by a linear-chain CRF.

The model is `section_model.crf`; its card, beside it, says what it was trained on and what it was measured at. It tags
each segment as one that begins a section or goes on with it, so that borders and headings tell where sections change.
What is plainly a heading of the table opens its section, whatever the model makes of the words.

Source: Lafferty et al., Conditional random fields, ICML 2001; Okazaki, CRFsuite (2007).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import pycrfsuite

from edscribe_pipelines.clinical.reading.content.segments import Segment
from edscribe_pipelines.clinical.reading.content.sights import opens_plainly, sights_of

NO_SECTION = "-"
"""Of a banner, a page's footer, a signature."""
BEGINS, GOES_ON = "B", "I"
_BEFORE_HEADINGS = ("start", "blank", "line", "cell")
_AT_ALL = 0.05
"""A minor heading ("Plan:") opens its section where the model thinks that at least so likely."""


class Labelled(NamedTuple):
    """The section of a segment, how likely the model thinks it, and the one that is likely next."""

    section: str
    confidence: float
    other: str
    other_confidence: float


def label(note: str, segments: Sequence[Segment]) -> list[Labelled]:
    """Return the section of each segment, or NO_SECTION."""
    if not segments:
        return []
    tagger = _tagger()
    tagger.set(sights_of(note, segments))
    tags = _with_headings(note, segments, tagger.tag())
    return [_labelled(place, tag[1:]) for place, tag in enumerate(tags)]


def _with_headings(note: str, segments: Sequence[Segment], tags: list[str]) -> list[str]:
    """Return the tags with the section of each plain heading, up to where the model begins another.

    What stands under a heading that is alone on its line is of it, unless it has a heading of the table of its own. A
    minor heading within a line whose section has been opened before is a word: "PE: low risk" in the reasoning.
    """
    opened = ""
    is_alone = False
    before: set[str] = set()
    for place, segment in enumerate(segments):
        if segment.cue is not None and _is_heading(note, segment, place):
            opened = segment.cue.section
            before.add(opened)
            tags[place] = BEGINS + opened
        elif place and _is_word(segment, tags[place], before):
            opened = tags[place - 1][1:]
            tags[place] = GOES_ON + opened
        elif tags[place][0] == BEGINS and not (is_alone and not segment.cue):
            opened = ""
        elif opened:
            tags[place] = GOES_ON + opened
        is_alone = tags[place] == BEGINS + opened and segment.content >= segment.end
    return tags


def _is_word(segment: Segment, tag: str, before: Collection[str]) -> bool:
    cue = segment.cue
    return (
        cue is not None
        and not cue.is_major
        and cue.section in before
        and tag == BEGINS + cue.section
        and segment.border not in _BEFORE_HEADINGS
    )


def _is_heading(note: str, segment: Segment, place: int) -> bool:
    if segment.cue is None or segment.border not in _BEFORE_HEADINGS or not opens_plainly(note, segment):
        return False
    return segment.cue.is_major or _probability(segment.cue.section, place) >= _AT_ALL


def _labelled(place: int, section: str) -> Labelled:
    likely = _probability(section, place)
    if likely > 1 - _AT_ALL:
        return Labelled(section, likely, NO_SECTION, 1 - likely)
    others = ((_probability(other, place), other) for other in _sections() if other != section)
    other_likely, other = max(others)
    return Labelled(section, likely, other, other_likely)


def _probability(section: str, place: int) -> float:
    """Return the marginal probability of a section at a segment of the note that was tagged last."""
    return sum(_tagger().marginal(tag, place) for tag in _tags().get(section, ()))


@lru_cache(maxsize=1)
def _tagger() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_model())
    return tagger


@lru_cache(maxsize=1)
def _model() -> bytes:
    """Return the model's bytes, which the tagger reads in place: they have to outlive it."""
    return resources.files("edscribe_pipelines.clinical.reading.content").joinpath("section_model.crf").read_bytes()


@lru_cache(maxsize=1)
def _tags() -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tag in _tagger().labels():
        tags.setdefault(tag[1:], []).append(tag)
    return tags


def _sections() -> Sequence[str]:
    return tuple(_tags())
