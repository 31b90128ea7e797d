"""Text that remembers where each of its facts came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from edscribe_pipelines.clinical.records import Provenance
from edscribe_pipelines.corpus.wording import CONVERSIONS


class Statement:
    """Text built piece by piece, with a `Provenance` span for every fact in it."""

    def __init__(self, text: str = "") -> None:
        self._pieces = [text]
        self._length = len(text)
        self.provenance: list[Provenance] = []

    def say(self, text: str) -> Statement:
        """Add words that state no number, drug or diagnosis."""
        self._pieces.append(text)
        self._length += len(text)
        return self

    def fact(self, value: Any, field: str, conversion: str = "verbatim") -> Statement:
        """Add the value of `field` in the words of `conversion`."""
        text, start = CONVERSIONS[conversion](value), self._length
        self.provenance.append({"start": start, "end": start + len(text), "field": field, "conversion": conversion})
        return self.say(text)

    def add(self, other: Statement) -> Statement:
        """Add another statement with its provenance."""
        self.provenance += [
            {**span, "start": span["start"] + self._length, "end": span["end"] + self._length}
            for span in other.provenance
        ]
        return self.say(other.text)

    @property
    def text(self) -> str:
        return "".join(self._pieces)


def join(separator: str, statements: Iterable[Statement]) -> Statement:
    """Return the statements that say something, in one."""
    joined = Statement()
    for statement in statements:
        if statement.text:
            joined.say(separator if joined.text else "").add(statement)
    return joined
