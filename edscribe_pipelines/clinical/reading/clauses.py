"""The clause around a place in a note, which says whether what stands there holds."""

from __future__ import annotations

import re

_BREAK = re.compile(r"[\n;]|[.!?](?=\s|$)")
_REACH = 200
"""Longer clauses are lists; a word 200 characters away says nothing about the place."""


def clause_before(text: str, place: int) -> str:
    """Return the clause of `text` from its beginning up to `place`."""
    start = max(0, place - _REACH)
    breaks = [match.end() for match in _BREAK.finditer(text, start, place)]
    return text[breaks[-1] if breaks else start : place]


def clause_after(text: str, place: int) -> str:
    """Return the clause of `text` from `place` to its end."""
    end = min(len(text), place + _REACH)
    following = _BREAK.search(text, place, end)
    return text[place : following.start() if following else end]
