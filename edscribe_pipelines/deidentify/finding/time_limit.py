"""How long one pattern may look at one text. A text that takes longer is withheld, never read in part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SECONDS = 5.0
"""Five hundred times what any pattern of the tables needs for ten thousand characters."""
RULE = "time_limit"
"""Stands for the whole of a text that took too long, and for why the gate withholds it."""


class TookTooLong(Exception):
    """A pattern did not come to an end."""


class Limited:
    """A pattern of the package `regex` under the limit; Presidio would skip one that takes too long, with a warning."""

    def __init__(self, pattern: Any) -> None:
        self._pattern = pattern

    def finditer(self, text: str, **others: Any) -> Iterator[Any]:
        try:
            yield from self._pattern.finditer(text, timeout=SECONDS)
        except TimeoutError:
            raise TookTooLong from None

    def match(self, text: str, place: int) -> Any:
        try:
            return self._pattern.match(text, place, timeout=SECONDS)
        except TimeoutError:
            raise TookTooLong from None
