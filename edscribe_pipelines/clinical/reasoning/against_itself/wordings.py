"""The wording of all rules on figures, searched for in a note at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import table_cache

_ALL: list[Wordings] = []


class Wordings:
    """Patterns of one rule by key. They are searched for together with those of all other rules, so that a note is
    read once; letters of either case are the same unless a pattern says otherwise."""

    def __init__(self, patterns: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self._number = len(_ALL)
        self.patterns = patterns
        _ALL.append(self)

    def matches_in(self, note: ParsedNote) -> list[tuple[str, re.Match[str]]]:
        """Return every match with its key, those of one pattern in the order of the text."""
        return note.of(_matches).get(self._number, [])


def _matches(note: ParsedNote) -> dict[int, list[tuple[str, re.Match[str]]]]:
    found: dict[int, list[tuple[str, re.Match[str]]]] = {}
    for (number, key), match in _joined().matches(note.text):
        found.setdefault(number, []).append((key, match))
    return found


@table_cache
def _joined() -> PatternSet[tuple[int, str]]:
    return PatternSet(((number, key), pattern) for number, each in enumerate(_ALL) for key, pattern in each.patterns())
