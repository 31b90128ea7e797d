"""Days without a year among days: where two of a line are dates, a third written as they are is one, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edscribe_pipelines.deidentify.finding.scales import is_scale
from edscribe_pipelines.deidentify.finding.spans import Span

_DAY = re.compile(
    r"(?<![\w/.-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])"
    r"(?![\d/%]|\.\d|[ ]?(?:of|strength|power|murmur|mg|ml|L)\b)"
)
_FEWEST = 2
_RULE = "date_beside_dates"


def find_dates_beside(text: str, finds: Sequence[Span]) -> Iterator[Span]:
    """Yield the days of `text` on whose line two of the `finds` are days written so."""
    days = [find for find in finds if find.type == "DATE" and _DAY.match(text, find.start)]
    for match in _DAY.finditer(text) if len(days) >= _FEWEST else ():
        start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
        beside = [day for day in days if start <= day.start and (end < 0 or day.end <= end)]
        find = Span(match.start(), match.end(), "DATE", _RULE)
        if len(beside) >= _FEWEST and not is_scale(text, find):
            yield find
