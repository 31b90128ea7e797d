"""Spans of protected health information, and how overlapping finds become spans.

Offsets count characters of the original text, end exclusive. A find is what one rule reports; spans
are what the note loses: sorted, never overlapping, never holding MIMIC's `___`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edscribe_pipelines.clinical.records import SpanCount

BLANK = re.compile(r"_{3,}")
"""What MIMIC leaves where its own de-identification removed something. It stays byte for byte."""


GUESSED = "learned"
"""The rule of what the model finds: of two as long, a rule of the tables says what a find is."""


class Span(NamedTuple):
    """`rule` names the rule that found it, or the first of those that did."""

    start: int
    end: int
    type: str
    rule: str


@dataclass(frozen=True)
class Deidentified:
    """A text without its spans, each replaced by its tag; `spans` are those of the original text."""

    text: str
    spans: tuple[Span, ...]


def tag(span_type: str) -> str:
    return f"[{span_type}]"


def settle(finds: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Return `finds` as spans. Where finds overlap, all their characters go, as the type of the longest."""
    apart = _without_blanks(_unite(sorted(_without_needless_guesses(list(finds), text))), text)
    return tuple(_join_neighbours(_with_number_signs(apart, text), text))


def _without_needless_guesses(finds: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield the finds but those of the model of which the tables' rules find every letter: they tell more of it."""
    ruled = list(_unite(sorted(find for find in finds if find.rule != GUESSED)))
    ends = [find.end for find in ruled]
    for find in finds:
        if find.rule != GUESSED or not _is_covered(find, _from(ruled, bisect_right(ends, find.start)), text):
            yield find


def _from(spans: Sequence[Span], first: int) -> Iterator[Span]:
    return (spans[place] for place in range(first, len(spans)))


def _is_covered(find: Span, ruled: Iterable[Span], text: str) -> bool:
    """Whether `ruled` hold each letter of a find; they are apart, in order, and end behind its start."""
    done = find.start
    for other in ruled:
        if other.start >= find.end:
            break
        if any(letter.isalnum() for letter in text[done : max(done, other.start)]):
            return False
        done = other.end
    return not any(letter.isalnum() for letter in text[done : find.end])


def _unite(finds: Iterable[Span]) -> Iterator[Span]:
    current: Span | None = None
    best = (0, False)
    for find in finds:
        weight = (find.end - find.start, find.rule != GUESSED)
        if current is None or find.start >= current.end:
            if current is not None:
                yield current
            current, best = find, weight
            continue
        end = max(current.end, find.end)
        if weight > best:
            best = weight
            current = find._replace(start=current.start)
        current = current._replace(end=end)
    if current is not None:
        yield current


def _without_blanks(spans: Iterable[Span], text: str) -> Iterator[Span]:
    for span in spans:
        start = span.start
        for blank in BLANK.finditer(text, span.start, span.end):
            yield from _trimmed(span._replace(start=start, end=blank.start()), text)
            start = blank.end()
        yield from _trimmed(span._replace(start=start), text)


def _trimmed(span: Span, text: str) -> Iterator[Span]:
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip())
    end = start + len(inner.strip())
    if start < end:
        yield span._replace(start=start, end=end)


def _with_number_signs(spans: Iterable[Span], text: str) -> Iterator[Span]:
    """Yield `spans`, with the "#" that stands before one as its part."""
    done = 0
    for span in spans:
        takes_sign = span.start > done and text[span.start - 1] == "#"
        yield span._replace(start=span.start - 1) if takes_sign else span
        done = span.end


def _join_neighbours(spans: Iterable[Span], text: str) -> Iterator[Span]:
    current: Span | None = None
    for span in spans:
        if current is not None and _belong_together(current, span, text):
            current = current._replace(end=span.end)
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current


def _belong_together(left: Span, right: Span, text: str) -> bool:
    between = text[left.end : right.start]
    if left.type == right.type:
        return between in ("", " ")
    return left.type == "HOSPITAL" and right.type in ("CITY", "NAME") and between in (" in ", ", ")


def count_by_type(spans: Iterable[Span]) -> list[SpanCount]:
    counts = Counter(span.type for span in spans)
    return [{"type": span_type, "count": counts[span_type]} for span_type in sorted(counts)]
