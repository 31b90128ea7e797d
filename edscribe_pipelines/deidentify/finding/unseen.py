"""Characters that nobody sees: zero-width ones, direction marks, NUL and other controls.

One inside a name ("Jo<U+200B>hn") hides the name from every rule, and one between two names may be all that parts
them. So a text that holds some is read twice, once without them and once with a blank for each, and loses what
either reading shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import regex

from edscribe_pipelines.deidentify.finding.spans import Span

_UNSEEN = regex.compile(
    r"[[\p{Cf}\p{Cc}\p{Variation_Selector}\u034F\u115F\u1160\u3164\uFFA0\uFFFD]--[\t\n\v\f\r\x1C-\x1F\x85]]", regex.V1
)
"""Format and control characters of Unicode except those that part words, letters without a shape, and U+FFFD, which
stands for what could not be decoded."""


def has_unseen(text: str) -> bool:
    return _UNSEEN.search(text) is not None


def without_unseen(text: str) -> str:
    return _UNSEEN.sub("", text)


def blanks_for_unseen(text: str) -> str:
    """Return `text` with a blank for each character that nobody sees: offsets stay the same."""
    return _UNSEEN.sub(" ", text)


def in_original(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield `spans` of `without_unseen(text)` as spans of `text`."""
    places = [match.start() - number for number, match in enumerate(_UNSEEN.finditer(text))]
    for span in spans:
        last = span.end - 1
        start, end = span.start + bisect_right(places, span.start), last + bisect_right(places, last) + 1
        yield span._replace(start=start, end=end)
