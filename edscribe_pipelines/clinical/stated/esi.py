"""The triage acuity that a note states, on the Emergency Severity Index (1 to 5)."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.reading.clauses import clause_before
from edscribe_pipelines.clinical.reading.parsed_note import parse_note

_STATED = re.compile(
    r"\b(?:ESI|emergency severity index(?:[ \t]*\(ESI\))?|triage(?:[ \t]+(?:acuity|level|ESI))(?:[ \t]*\(ESI\))?"
    r"|acuity(?=[ \t]*(?:\(ESI\))?[ \t]*(?:level)?[ \t]*[:=]))"
    r"(?:[ \t]+(?:level|score|acuity|category|triage))*(?:[ \t]*\(ESI\))?[ \t]*[:=#-]?[ \t]*"
    r"(?:(?:is|was|of|at|level|assigned)[ \t]+){0,2}(?:\[[xX✓]\]|[☑✓])?[ \t]*"
    r"(?P<level>[1-5]|I{1,3}|IV|V|one|two|three|four|five)\b"
    r"(?![ \t]*(?:[./%-]+[ \t]*\d|to\b|or\b|vs?\b|x\b|weeks?\b|months?\b|days?\b|years?\b|mg\b|injections?\b))",
    re.I,
)
_INJECTION = re.compile(r"\b(?:lumbar|epidural|cervical|thoracic|caudal|transforaminal|interlaminar|[LCS]\d)\b", re.I)
_NOT_THIS_STAY = re.compile(r"\b(?:not(?: an?)?|last|previous\w*|prior|instead of|rather than|downgraded from)\b", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def stated_acuity(note: str) -> int | None:
    """Return the level, None where the note states none or more than one."""
    levels = {
        _level(match["level"]) for match in _STATED.finditer(chosen(note)) if _is_of_this_stay(note, match.start())
    }
    return levels.pop() if len(levels) == 1 else None


def _is_of_this_stay(note: str, place: int) -> bool:
    """ESI is also an epidural steroid injection."""
    clause = clause_before(note, place)
    history = parse_note(note).section_at(place) == "Past Medical/Surgical History"
    return not history and not _INJECTION.search(clause) and not _NOT_THIS_STAY.search(clause)


def _level(said: str) -> int:
    return _ROMAN.get(said.casefold()) or int(said)
