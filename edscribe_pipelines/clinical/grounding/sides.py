"""On which side of the body a text places what it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.grounding.terms import Term, terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

_TO_PART = re.compile(
    r"[\s-]*(?:(?!(?:and|or|the|with|against|without|at|on|to|for|from|by|of)\b)[\w/'-]+ +){0,2}", re.I
)
_BACK_TO_PART = re.compile(r"[ ,:(-]{1,3}$")
_INITIAL = re.compile(r"(?<![\w.])(?P<side>[LR])\.? (?:[a-z]+ )?$")
BOTH = "both"
_SIDES = {"L": "left", "R": "right"}


def sides_in(note: ParsedNote) -> Iterator[Said]:
    """Yield the side of each part of the body that is told with one."""
    text = note.text
    side: Term | None = None
    part: Term | None = None
    for term in note.of(terms_in):
        if term.kind == "side":
            if part and _BACK_TO_PART.fullmatch(text, part.end, term.start) and not _leads_on(text, term):
                yield Said("laterality", part.name, term.side, part.start, term.end)
                term = term._replace(side="")
            side = term if term.side else None
        elif term.kind == "part":
            part = term
            if term.side:
                yield Said("laterality", term.name, term.side, term.start, term.end)
            elif side and _TO_PART.fullmatch(text, side.end, term.start):
                yield Said("laterality", term.name, side.side, side.start, term.end)
            elif initial := _INITIAL.search(text, max(0, term.start - 16), term.start):
                yield Said("laterality", term.name, _SIDES[initial["side"]], initial.start(), term.end)


def _leads_on(text: str, side: Term) -> bool:
    """Whether a word follows that the side may belong to."""
    return text[side.end : side.end + 2].strip(" -").isalpha()
