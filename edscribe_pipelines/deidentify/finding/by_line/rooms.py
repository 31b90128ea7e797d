"""Rooms that only the name beside them explains: "Voss 69W DKA", "Voss in 12", a row of a census list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from edscribe_pipelines.deidentify.finding.spans import Span

_RULE = "room_of_name"
_ROOM = r"(?P<room>\d{1,4}[A-Za-z]?|[A-Z]\d{1,3}|\d{1,2}-\d{3})(?![\w/%.:-]\d|[\w/%])"
_BEHIND = tuple(
    re.compile(pattern)
    for pattern in (
        r" (?!\d{1,3} ?[MFmf]\b)" + _ROOM + r"(?= (?:[A-Z]{2,6}\b(?<!MD)(?<!DO)(?<!RN)|s/p\b|w/))",
        r"(?:/|, ?)(?!\d{1,2}\b)" + _ROOM + r"(?=[ \t]*(?:[,.;)|]|$))",
        r"\), " + _ROOM + r"(?=[ \t]*$)",
        r" (?:in|@|to) " + _ROOM + r"(?=[,.;:)]|$| (?:and|at|by|on|with|for|from|w/|is|was|has|who)\b)",
        r" (?=\d{3}|\d{1,2}[A-EG-LN-Z]|\d-|[A-Z]\d)" + _ROOM + r"(?=[ \t]*$)",
        r"[ \t]{2,}[A-Z]{0,3}[\d-]{5,14}[ \t]{2,}(?![1-9]\d[MF]\b)" + _ROOM + r"(?=[ \t]{2,}|$| [-=_*])",
    )
)
_BEFORE = re.compile(r"^[ \t]*(?P<room>\d{3,4}[A-Z]?|\d{1,2}[A-Z]|[A-Z]\d{2,3})(?:[:,]|[ ]-)?[ ]\Z")
"""A room that opens the line, and then the name."""

_IN_ROW = re.compile(
    r"(?: \d{1,2}:\d\d)?\)?(?:,|[ \t]{0,3}[|^/]|[ ]-)[ \t]{0,3}" + _ROOM + r"(?=[ \t]?(?:[,.|/;)^]|$))"
)
"""A room among the identifiers of a header: "Voss, 4482910, 814," or "| MR 4482910 | 12 |"."""

_HEADER = ("MRN", "OTHER_ID", "ACCOUNT", "DATE", "PHONE")
_NO_ROOM = re.compile(r"(?:19|20)\d\d|[1-9]\d[MF]")
"""A year, or an age and sex."""


def find_rooms_of_names(line: str, finds: Iterable[Span]) -> Iterator[Span]:
    """Yield the room behind each name or number that `finds` has on `line`; an age with its sex is none."""
    for find in finds:
        before = _BEFORE.match(line[: find.start]) if find.type == "NAME" else None
        if before:
            yield Span(before.start("room"), before.end("room"), "ROOM", _RULE)
        patterns = _BEHIND if find.type == "NAME" else (_IN_ROW,) if find.type in _HEADER else ()
        for pattern in patterns:
            match = pattern.match(line, find.end)
            if match and not _NO_ROOM.fullmatch(match["room"]):
                yield Span(match.start("room"), match.end("room"), "ROOM", _RULE)
