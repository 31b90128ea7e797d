"""The gate's own reader, asked last: a text in which it sees what may be an identifier is withheld."""

from __future__ import annotations

import re
from collections.abc import Sequence

from edscribe_pipelines.deidentify.checking.judging.judge import Doubt, doubts_of
from edscribe_pipelines.deidentify.checking.shapes import is_measured
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.time_limit import RULE as TIME_LIMIT

_BEFORE = 24
_DIGITS = re.compile(r"\d[\d,.]*\W*$")
IN_DOUBT = "in_doubt"
"""The gate's rule that such a text breaks."""


def withheld_for(text: str, spans: Sequence[Span], struck: Sequence[tuple[int, int]] = ()) -> list[str]:
    """Return the rules, of two, for which a text is withheld: it took too long to read, or is in doubt."""
    if any(span.rule == TIME_LIMIT for span in spans):
        return [TIME_LIMIT]
    return [IN_DOUBT] if open_doubts(text, spans, struck) else []


def open_doubts(text: str, spans: Sequence[Span], struck: Sequence[tuple[int, int]] = ()) -> list[Doubt]:
    """Return what in `text` is doubtful, besides its `spans`, which are removed, and what a person has struck."""
    doubts = doubts_of(text, [(span.start, span.end) for span in spans])
    return [doubt for doubt in doubts if not (_is_counted(text, doubt) or any(_covers(each, doubt) for each in struck))]


def _is_counted(text: str, doubt: Doubt) -> bool:
    """Whether a doubtful number is one that a laboratory counts: CK 4120877."""
    said = text[max(0, doubt.start - _BEFORE) : doubt.end].lower()
    digits = _DIGITS.search(said)
    return digits is not None and is_measured(said[: digits.start()])


def _covers(stretch: tuple[int, int], doubt: Doubt) -> bool:
    return stretch[0] <= doubt.start and doubt.end <= stretch[1]
