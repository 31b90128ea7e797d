"""What was found on the lines read last, in memory only: lines repeat between notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edscribe_pipelines.deidentify.finding.spans import Span

_MOST_LINES = 20_000
_MOST_CHARACTERS = 4_000_000
"""Those of 20,000 lines of 200 characters, which is longer than most; with their finds about 30 MB."""


class RememberedLines:
    """The finds of lines. Keeps at most 20,000 lines and four million characters, and forgets the oldest first."""

    def __init__(self) -> None:
        self._finds: dict[str, tuple[Span, ...]] = {}
        self._characters = 0

    def __contains__(self, line: str) -> bool:
        return line in self._finds

    def __getitem__(self, line: str) -> tuple[Span, ...]:
        return self._finds[line]

    def keep(self, line: str, finds: tuple[Span, ...]) -> None:
        if line in self._finds:
            return
        self._finds[line] = finds
        self._characters += len(line)
        while len(self._finds) > _MOST_LINES or self._characters > _MOST_CHARACTERS:
            oldest = next(iter(self._finds))
            self._characters -= len(oldest)
            del self._finds[oldest]


def as_many_as_fit(lines: Iterable[str]) -> Iterator[str]:
    """Yield each of `lines` once, as far as they can all be remembered at a time."""
    seen: set[str] = set()
    characters = 0
    for line in lines:
        if line in seen:
            continue
        seen.add(line)
        characters += len(line)
        if len(seen) > _MOST_LINES or characters > _MOST_CHARACTERS:
            return
        yield line
