"""Words around a mention that say how it is meant: ruled out, called off, not done, for a reason.

Rows of `tables/protocol_cues.csv`. They stand nearer to what they are about than the cues of `reading/context.py`,
whose scope is the rest of the sentence: in "no pulse, CPR started" the CPR was not denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.patterns.prefilter import Prefilter
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

_REACH = 45
_TURN = re.compile(r"\b(?:but|however|although|except)\b|;", re.I)
_BREAK = re.compile(r"[,;]|\b(?:but|however|although|except)\b", re.I)


class Surroundings:
    """What the sentence says before and after text[start:end]."""

    def __init__(self, note: ParsedNote, start: int, end: int) -> None:
        sentence = note.sentence_at(start)
        self._before = _TURN.split(note.text[max(sentence.start, start - _REACH) : start])[-1]
        self._said = note.text[end : min(max(sentence.end, end), end + _REACH)]
        self._possible = {"before": _possible("before", self._before), "after": _possible("after", self._said)}

    def before(self, cue: str, within_clause: bool = False) -> bool:
        patterns = self._possible["before"].get(cue)
        if not patterns:
            return False
        said = _BREAK.split(self._before)[-1] if within_clause else self._before
        return any(pattern.search(said) for pattern in patterns)

    def after(self, cue: str) -> bool:
        """Whether a cue stands in the clause, or opens the next: "sepsis, ruled out"."""
        patterns = self._possible["after"].get(cue)
        if not patterns:
            return False
        clause = _BREAK.split(self._said)[0]
        if clause:
            return any(pattern.search(clause) for pattern in patterns)
        beyond = self._said.lstrip(", ")
        return any(pattern.match(beyond) for pattern in patterns)


def _possible(direction: str, said: str) -> dict[str, list[re.Pattern[str]]]:
    """Return the patterns of each cue of which `said` has what they demand: mostly none."""
    cues, prefilter = _directed()[direction]
    possible: dict[str, list[re.Pattern[str]]] = {}
    for number, _ in prefilter.candidates(said):
        cue, pattern = cues[number]
        possible.setdefault(cue, []).append(pattern)
    return possible


def is_near(cue: str, said: str) -> bool:
    """Whether a cue that may stand on either side is in `said`."""
    return any(True for _ in cue_spans(cue, said))


def cue_spans(cue: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a cue that may stand on either side is in `text`."""
    for pattern in _cues()[cue, "both"]:
        yield from (match.span() for match in pattern.finditer(text))


@table_cache
def _directed() -> dict[str, tuple[list[tuple[str, re.Pattern[str]]], Prefilter]]:
    directed = {}
    for direction in ("before", "after"):
        cues = [(cue, pattern) for (cue, at), some in _cues().items() if at == direction for pattern in some]
        directed[direction] = cues, Prefilter([pattern.pattern for _, pattern in cues], {})
    return directed


@table_cache
def _cues() -> dict[tuple[str, str], list[re.Pattern[str]]]:
    cues: dict[tuple[str, str], list[re.Pattern[str]]] = {}
    for row in read_table("protocol_cues.csv"):
        cues.setdefault((row["cue"], row["direction"]), []).append(re.compile(row["pattern"], re.I))
    return cues
