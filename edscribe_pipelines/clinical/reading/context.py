"""How a statement is meant: denied, of the past, of a relative, planned, only considered.

The method is that of NegEx and ConText: a cue opens a scope, forward or backward, that ends with the sentence
or at a word that turns it ("but").
Sources: Chapman et al., J Biomed Inform 2001; Harkema et al., J Biomed Inform 2009. Cues are rows of
`tables/context_cues.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.sentences import Sentence
from edscribe_pipelines.clinical.tables import read_table, table_cache

Context = Literal["negated", "historical", "family", "planned", "hypothetical", "uncertain"]


class Scope(NamedTuple):
    """What stands in note[start:end] is meant so."""

    context: Context
    start: int
    end: int


def scopes_in(text: str, sentences: Sequence[Sentence]) -> Iterator[Scope]:
    """Yield the scopes that cues open."""
    for sentence in sentences:
        said = text[sentence.start : sentence.end]
        ends = sorted(match.start() for (kind, _), match in _cues().matches(said) if kind == "end")
        for (kind, direction), match in _cues().matches(said):
            if kind == "end":
                continue
            if direction == "forward":
                end = next((place for place in ends if place >= match.end()), len(said))
                yield Scope(kind, sentence.start + match.end(), sentence.start + end)
            else:
                start = max((place for place in ends if place <= match.start()), default=0)
                yield Scope(kind, sentence.start + start, sentence.start + match.start())


@table_cache
def _cues() -> PatternSet[tuple[Context | Literal["end"], str]]:
    return PatternSet(((row["context"], row["direction"]), row["pattern"]) for row in read_table("context_cues.csv"))
