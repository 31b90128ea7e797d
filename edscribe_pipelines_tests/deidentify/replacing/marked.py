"""Notes in which `[[TYPE value]]` marks what a finder would find."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from edscribe_pipelines.deidentify.finding.rules import phi_categories
from edscribe_pipelines.deidentify.finding.spans import Span

_MARK = re.compile(r"\[\[(\w+) (.+?)\]\]")

VALUES = (
    "Oda Tamsek", "TAMSEK, ODA", "tamsek", "O. Tamsek", "Jorge Núñez-Voss", "Jorge Nunez", "McVoss", "Mcvoss", "KM",
    "94", "101", "3/14/2024", "March 14th, 2024", "14-MAR-24", "3/14/24", "5-22", "Thanksgiving", "2019", "Nov.",
    "02139", "99999", "(415) 555-0132 x204", "555-0132", "x204", "078-05-1120", "MR-220915", "4", "12B", "IMG_4209.JPG",
    "oda.tamsek@example.org", "www.example.org/oda", "203.0.113.9", "2001:db8::7334", "Voss Valley Hospital", "_", " ",
    "415 Voss Street Apt. 12", "Port Voss", "1HVSS82633A004352", "90s", "ninety-two", "[NAME 1]", "Ⅷ½", "ſtraße",
)  # fmt: skip
FILLERS = ("", " ", "\n", "Mr. ", "'s", "-", "/", ".", ", ", " denies pain 5/5, 91% at 4/2 ", "x", "2024", "é", "_")


def marked(text: str) -> tuple[str, tuple[Span, ...]]:
    """Return the text without its marks, and the spans they stand for."""
    spans: list[Span] = []
    pieces, done, length = [], 0, 0
    for mark in _MARK.finditer(text):
        pieces += [text[done : mark.start()], mark[2]]
        length += mark.start() - done
        spans.append(Span(length, length + len(mark[2]), mark[1], "test"))
        length += len(mark[2])
        done = mark.end()
    return "".join(pieces) + text[done:], tuple(spans)


@st.composite
def notes(draw: st.DrawFn) -> tuple[str, tuple[Span, ...]]:
    """Any text with any spans: of any type, in the middle of words, one against the other."""
    types = st.sampled_from([*phi_categories(), "SOMETHING_ELSE", "Odd type]"])
    part = st.tuples(st.one_of(st.sampled_from(FILLERS), st.text(max_size=6)), st.none()) | st.tuples(
        st.one_of(st.sampled_from(VALUES), st.text(min_size=1, max_size=9)), types
    )
    text, spans = "", []
    for piece, span_type in draw(st.lists(part, max_size=14)):
        if span_type is not None:
            spans.append(Span(len(text), len(text) + len(piece), span_type, "test"))
        text += piece
    return text, tuple(spans)
