"""Which section each segment of a note belongs to, by a linear-chain CRF.

The model is `section_model.crf`; its card, beside it, says what it was trained on and what it was measured at. It tags
each segment as one that begins a section or goes on with it, so that borders and headings tell where sections change.
What is plainly a heading of the table opens its section, whatever the model makes of the words.

Source: Lafferty et al., Conditional random fields, ICML 2001; Okazaki, CRFsuite (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import pycrfsuite

from edscribe_pipelines.clinical.reading.content.segments import Segment
from edscribe_pipelines.clinical.reading.content.sights import opens_plainly, sights_of

NO_SECTION = "-"
"""Of a banner, a page's footer, a signature."""
BEGINS, GOES_ON = "B", "I"
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
    """Return the tags with the section of each plain heading, up to where the model begins another."""
    opened = ""
    for place, segment in enumerate(segments):
        if segment.cue is not None and _is_heading(note, segment, place):
            opened = segment.cue.section
            tags[place] = BEGINS + opened
        elif tags[place][0] == BEGINS:
            opened = ""
        elif opened:
            tags[place] = GOES_ON + opened
    return tags


def _is_heading(note: str, segment: Segment, place: int) -> bool:
    if segment.cue is None or segment.border in ("cue", "long", "stop") or not opens_plainly(note, segment):
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
