"""Where the sentences of a note are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Sentence(NamedTuple):
    """note[start:end], without the blanks around it; a line of a list is a sentence."""

    start: int
    end: int


_END = re.compile(r"\n|(?<=[.!?])[ \t]+(?=[A-Z0-9\"'(\[*-])")


def sentences_of(text: str) -> Iterator[Sentence]:
    """Yield the sentences in the order of the text."""
    start = 0
    for end in (*(match.start() for match in _END.finditer(text)), len(text)):
        said = text[start:end]
        if said.strip():
            yield Sentence(start + len(said) - len(said.lstrip()), start + len(said.rstrip()))
        start = end
