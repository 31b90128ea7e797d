"""What of an identifier a remover left."""

import re
from collections.abc import Sequence

from edscribe_pipelines.deidentify.finding.spans import Span

_WORD = re.compile(r"\w+")


def is_gone(text: str, start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether each word of a stretch is in a span, but for single letters within a longer one."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    told = [word for word in words if word[1] - word[0] > 1 or text[word[0]].isdigit() or end - start < 3]
    return all(any(span.start <= first and last <= span.end for span in spans) for first, last in told)
