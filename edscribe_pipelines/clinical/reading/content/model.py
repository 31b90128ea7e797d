"""Which section each segment of a note belongs to, by a linear-chain CRF.

The model is `section_model.crf.xz`; its card, `section_reader/README.md`, says what it was trained on and what it was
measured at. It tags each segment as one that begins a section or goes on with it, so that borders and headings tell
where sections change. What is plainly a heading of the table opens its section, whatever the model makes of the words.

Source: Lafferty et al., Conditional random fields, ICML 2001; Okazaki, CRFsuite (2007).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import pycrfsuite

from edscribe_pipelines.clinical.reading.content.segments import Segment
from edscribe_pipelines.clinical.reading.content.sights import opens_plainly, sights_of
from edscribe_pipelines.packed_crf import packed_tagger

NO_SECTION = "-"
"""Of a banner, a page's footer, a signature."""
BEGINS, GOES_ON = "B", "I"
COMPLAINT = "Chief Complaint"
_OPEN_A_NOTE = {NO_SECTION, "History of Present Illness"}
_WITHIN_SENTENCE = ("long", "cue")
_BEFORE_HEADINGS = ("start", "blank", "line", "cell")
MOST_HEADED = 9
"""Sections that a heading opens, of twelve, which make a note of headings."""
_JOINS = re.compile(r"[ \t\xa0]*(?:[/,&+]|and)[ \t\xa0]*", re.I)
_LIKELY, _VERY_LIKELY = 0.9, 0.98
_AT_ALL = 0.05
"""A minor heading ("Plan:") opens its section where the model thinks that at least so likely."""


class Labelled(NamedTuple):
    """The section of a segment, how likely the model thinks it, and the one that is likely next."""

    section: str
    confidence: float
    other: str
    other_confidence: float


class Absent(NamedTuple):
    """A section that no segment is of: where it is likeliest, and how likely there."""

    section: str
    place: int
    confidence: float


def label(note: str, segments: Sequence[Segment]) -> tuple[list[Labelled], list[Absent]]:
    """Return the section of each segment, or NO_SECTION, and the sections that none is of."""
    if not segments:
        return [], []
    tagger = _tagger()
    tagger.set(sights_of(note, segments))
    tags = _with_headings(note, segments, tagger.tag())
    labelled = [_labelled(place, tag[1:]) for place, tag in enumerate(tags)]
    absent = {*_tags()} - {each.section for each in labelled} - {NO_SECTION}
    return labelled, [_absent(section, len(segments)) for section in sorted(absent)]


def _absent(section: str, segments: int) -> Absent:
    confidence, place = max((_probability(section, place), -place) for place in range(segments))
    return Absent(section, -place, confidence)


def _with_headings(note: str, segments: Sequence[Segment], tags: list[str]) -> list[str]:
    """Return the tags with the section of each plain heading, up to where the model begins another.

    What stands under a heading that is alone on its line is of it, unless it has a heading of the table of its own. A
    minor heading within a line whose section has been opened before is a word: "PE: low risk" in the reasoning. In a
    note of headings nothing within a line leaves its section for one that has its own heading: reasoning tells results.
    """
    headings = [
        "" if _is_merged(note, segments, place) else _heading(note, segment, place)
        for place, segment in enumerate(segments)
    ]
    headed = set(filter(None, headings))
    kept = headed if len(headed) >= MOST_HEADED else set()
    opened = ""
    is_alone = False
    for place, segment in enumerate(segments):
        begins, section = tags[place][0] == BEGINS, tags[place][1:]
        if headings[place]:
            opened = headings[place]
            _give_back(tags, segments, place)
            tags[place] = BEGINS + opened
        elif place and begins and _is_word(segment, section, headings[:place]):
            opened = tags[place - 1][1:]
            tags[place] = GOES_ON + opened
        elif (
            begins
            and not (is_alone and _stays(note, segment, section, place))
            and not (_is_within_line(segment) and section in kept)
        ):
            opened = ""
        elif opened:
            tags[place] = GOES_ON + opened
        is_alone = bool(headings[place]) and segment.content >= segment.end
    _complete_complaint(tags, segments, headings)
    return tags


def _complete_complaint(tags: list[str], segments: Sequence[Segment], headings: Sequence[str]) -> None:
    """Give the complaint the words that open its sentence: "This 71-year-old lady presented | with a fall"."""
    start = place = next((place for place, tag in enumerate(tags) if tag == BEGINS + COMPLAINT), 0)
    while start and segments[start].border in _WITHIN_SENTENCE and not headings[start]:
        start -= 1
    before = {tag[1:] for tag in tags[start:place]}
    if before <= _OPEN_A_NOTE and not headings[start]:
        tags[start : place + 1] = [BEGINS + COMPLAINT, *([GOES_ON + COMPLAINT] * (place - start))]


def _stays(note: str, segment: Segment, section: str, place: int) -> bool:
    """Whether a segment is of the heading alone before it, though the model begins another section: unless it has a
    heading of its own, or is very likely of that other one, as behind a heading that says nothing."""
    return not opens_plainly(note, segment) and _probability(section, place) < (
        _LIKELY if segment.label else _VERY_LIKELY
    )


def _is_merged(note: str, segments: Sequence[Segment], place: int) -> bool:
    """Whether the cue of a segment is one of several in a heading: "PMH / Meds / Allergies: ..." opens all three."""
    return any(
        _are_joined(note, *segments[one : one + 2]) for one in (place - 1, place) if 0 <= one < len(segments) - 1
    )


def _are_joined(note: str, one: Segment, two: Segment) -> bool:
    if one.cue is None or two.cue is None or one.cue.section == two.cue.section:
        return False
    between = note[one.cue.end : two.cue.start]
    return bool(_JOINS.fullmatch(between))


def _give_back(tags: list[str], segments: Sequence[Segment], place: int) -> None:
    """Give the end of a line that the model takes for the beginning of a section, right before the heading that opens
    it, to the section before: a test that was sent is of the course, though "Labs:" follows."""
    cue = segments[place].cue
    start = place - 1
    while cue and start > 0 and tags[start] == GOES_ON + cue.section:
        start -= 1
    if cue and cue.is_major and start > 0 and tags[start] == BEGINS + cue.section and _is_within_line(segments[start]):
        for each in range(start, place):
            tags[each] = GOES_ON + tags[start - 1][1:]


def _is_word(segment: Segment, section: str, before: Sequence[str]) -> bool:
    cue = segment.cue
    is_cue = cue is not None and not cue.is_major and cue.section == section
    return is_cue and section in before and _is_within_line(segment)


def _is_within_line(segment: Segment) -> bool:
    return segment.border not in _BEFORE_HEADINGS


def _heading(note: str, segment: Segment, place: int) -> str:
    """Return the section that a plain heading opens here, "" where none does. Within a line it is one that hardly means
    anything else, with a capital and a colon."""
    cue = segment.cue
    if cue is None or not opens_plainly(note, segment):
        return ""
    if _is_within_line(segment):
        is_written_so = note[cue.start].isupper() and ":" in note[cue.end : segment.content]
        return cue.section if cue.is_major and is_written_so else ""
    return cue.section if cue.is_major or _probability(cue.section, place) >= _AT_ALL else ""


def _labelled(place: int, section: str) -> Labelled:
    likely = _probability(section, place)
    if likely > 1 - _AT_ALL:
        return Labelled(section, likely, NO_SECTION, 1 - likely)
    others = ((_probability(other, place), other) for other in _sections() if other != section)
    other_likely, other = max(others)
    return Labelled(section, likely, other, other_likely)


def _probability(section: str, place: int) -> float:
    """Return the marginal probability of a section at a segment of the note that was tagged last."""
    marginal = _tagger().marginal
    return sum([marginal(tag, place) for tag in _tags().get(section, ())])


def _tagger() -> pycrfsuite.Tagger:
    return packed_tagger("edscribe_pipelines.clinical.reading.content", "section_model.crf.xz")


@lru_cache(maxsize=1)
def _tags() -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tag in _tagger().labels():
        tags.setdefault(tag[1:], []).append(tag)
    return tags


def _sections() -> Sequence[str]:
    return tuple(_tags())
