"""Which tokens of a text are identifiers, by two models that learned from the same notes and see different things.

A chain (CRF) knows form and lists, a network (MiniLM) the words around. Their log odds are averaged: what one of them
is blind for the other tells. The card, `phi_reader/README.md`, says what they were trained on and measured at.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from edscribe_pipelines.deidentify.finding.learned.chain import ChainRead, read_by_chain
from edscribe_pipelines.deidentify.finding.learned.sights import lists_of
from edscribe_pipelines.deidentify.finding.learned.tokens import Token, tokens_of
from edscribe_pipelines.deidentify.finding.spans import GUESSED, Span
from edscribe_pipelines.deidentify.odds import agreed

if TYPE_CHECKING:
    from edscribe_pipelines.deidentify.finding.learned.network import NetworkRead

LEAST = 0.08
"""The least probability at which a token counts as part of an identifier: a missed one is worse than a lost word. What
only a weak rule found stays below it, too."""
LEAST_OF_FIGURES = 0.2
"""The same for a number of few digits, of which notes are full, with nothing found before it."""
LEAST_BESIDE = 0.005
"""The same for a word beside one that was found, where it is none that stands there anyway: half a name is a name."""
_ANYWAY = frozenset(("title", "credential", "role", "kin", "clinical_acronym", "unit_of_value"))
_SUSPICION, _AROUND = 0.015, 10
"""The probability at which the chain suspects a token, and the tokens on both sides that are read with it."""
_SHORT = 3
_MOST_TEXTS, _MOST_CHARACTERS = 256, 1_000_000
"""Of readings that are kept."""
_NUMBERED = frozenset(("OTHER_ID", "DEVICE", "VEHICLE", "ROOM"))
_LONGEST_WORD = 40
_SIGNS = " \t\n,;:()[]{}|/\"'’“”-–*"
_TITLE = re.compile(r"[\W_]*(?:dr|mr|mrs|ms|miss|prof|nurse|sir|madam)\b\.?[\s\0]*(?=\w)", re.I)
_POSSESSIVE = re.compile(r"['’]s\W*$", re.I)
_INITIALS = re.compile(r"(?:^|[\s.])\w\.$")
_GLUED_MOST = 24
_GLUED_BEFORE = re.compile(r"[A-Za-z\d][\w#./-]{0,23}\Z|[A-Za-z\d]\Z")
_GLUED_BEHIND = re.compile(r"[\w#./-]{0,23}[A-Za-z\d]")


class LearnedReader:
    """Reads texts, those that are prepared at once, which is faster. Keeps the readings of the last ones."""

    def __init__(self) -> None:
        self._readings: dict[str, LearnedReading] = {}
        self._characters = 0

    def prepare(self, texts: Iterable[str]) -> None:
        """Read `texts` at once, as many as can be kept."""
        new: dict[str, int] = {}
        for text in texts:
            if len(new) == _MOST_TEXTS or sum(new.values()) + len(text) > _MOST_CHARACTERS:
                break
            if text not in self._readings:
                new[text] = len(text)
        self._read(list(new))

    def reading(self, text: str) -> LearnedReading:
        if text not in self._readings:
            self._read([text])
        return self._readings[text]

    def _read(self, texts: Sequence[str]) -> None:
        for text, reading in zip(texts, read_learned(texts), strict=True):
            self._readings[text] = reading
            self._characters += len(text)
        while len(self._readings) > max(len(texts), _MOST_TEXTS) or (
            len(self._readings) > len(texts) and self._characters > _MOST_CHARACTERS
        ):
            oldest = next(iter(self._readings))
            self._characters -= len(oldest)
            del self._readings[oldest]


class LearnedReading:
    """What the models make of a text: `finds`, and what they are sure to be nothing."""

    def __init__(self, text: str, tokens: Sequence[Token], chances: Sequence[float], kinds: Sequence[str]) -> None:
        self._starts = array("q", [token.start for token in tokens])
        self._chances = array("d", chances)
        self.finds = tuple(_with_ends(text, find) for find in _joined(text, _found(tokens, chances, kinds)))

    def is_nothing(self, start: int, end: int) -> bool:
        """Whether the models are sure that no token in text[start:end] is part of an identifier."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._starts, end)
        return all(chance < LEAST for chance in self._chances[first:last])


def read_learned(texts: Sequence[str]) -> Iterator[LearnedReading]:
    """Yield a reading of each text. The network, which is slow, reads what the chain suspects and the words around."""
    from edscribe_pipelines.deidentify.finding.learned.network import read_by_network

    cut = [tokens_of(text) for text in texts]
    forms = [list(read_by_chain(tokens)) for tokens in cut]
    suspected = [(number, stretch) for number, form in enumerate(forms) for stretch in _suspected(form)]
    seen = read_by_network([cut[number][stretch] for number, stretch in suspected])
    senses: list[dict[int, NetworkRead]] = [{} for _ in texts]
    for (number, stretch), reads in zip(suspected, seen, strict=True):
        senses[number].update(enumerate(reads, start=stretch.start))
    for text, tokens, form, sense in zip(texts, cut, forms, senses, strict=True):
        yield LearnedReading(text, tokens, *_judged(tokens, form, sense))


def _suspected(form: Sequence[ChainRead]) -> Iterator[slice]:
    """Yield the stretches around what the chain holds possible."""
    start = end = 0
    for place, read in enumerate(form):
        if read.chance >= _SUSPICION:
            if place - _AROUND > end:
                if end:
                    yield slice(start, end)
                start = max(0, place - _AROUND)
            end = min(len(form), place + _AROUND + 1)
    if end:
        yield slice(start, end)


def _judged(
    tokens: Sequence[Token], form: Sequence[ChainRead], sense: Mapping[int, NetworkRead]
) -> tuple[list[float], list[str]]:
    """Return each token's probability and, where it counts, its likeliest kind."""
    chances, kinds = [], []
    for place, (token, read) in enumerate(zip(tokens, form, strict=True)):
        seen = sense.get(place)
        chances.append(read.chance if seen is None or token.text == "\n" else agreed(read.chance, seen.chance))
        kinds.append(_likeliest(read, seen.kinds if seen else read.kinds) if chances[-1] >= LEAST else "")
    return chances, kinds


def _likeliest(form: ChainRead, shares: dict[str, float]) -> str:
    return max(shares, key=lambda kind: shares[kind] + form.kinds.get(kind, 0.0))


def _found(tokens: Sequence[Token], chances: Sequence[float], kinds: Sequence[str]) -> Iterator[Span]:
    found = _with_neighbours(tokens, chances, _certain(tokens, chances, kinds))
    for token, kind in zip(tokens, found, strict=True):
        if kind and token.text != "\n" and len(token.text) <= _LONGEST_WORD:
            yield Span(token.start, token.end, kind, GUESSED)


def _certain(tokens: Sequence[Token], chances: Sequence[float], kinds: Sequence[str]) -> Iterator[str]:
    """Yield the kind of each token that is likely enough by itself, and nothing for the others."""
    is_beside = False
    for token, chance, kind in zip(tokens, chances, kinds, strict=True):
        is_figure = token.text[0].isdigit() and len(token.text) <= _SHORT and not is_beside
        is_beside = chance >= (LEAST_OF_FIGURES if is_figure else LEAST)
        yield kind if is_beside else ""


def _with_neighbours(tokens: Sequence[Token], chances: Sequence[float], kinds: Iterable[str]) -> list[str]:
    """Return `kinds` with those that a token has from the one before or behind it on its line."""
    told = list(kinds)
    for places in (range(1, len(told)), range(len(told) - 2, -1, -1)):
        step = -1 if places.step > 0 else 1
        for place in places:
            if not told[place] and told[place + step] and chances[place] >= LEAST_BESIDE:
                told[place] = told[place + step] if _may_belong(tokens[place].text) else ""
    return told


def _may_belong(token: str) -> bool:
    if token == "\n" or token[0].isdigit():
        return False
    return not (token[0].isalpha() and _ANYWAY.intersection(lists_of(token)))


def _joined(text: str, finds: Iterable[Span]) -> Iterator[Span]:
    """Yield the finds with neighbours as one, and without signs that stand alone."""
    current: Span | None = None
    for find in finds:
        if current and find.type == current.type and not text[current.end : find.start].strip(" \n"):
            current = current._replace(end=find.end)
            continue
        if current and _says_something(text, current):
            yield _without_stops(text, current)
        current = find
    if current and _says_something(text, current):
        yield _without_stops(text, current)


def _without_stops(text: str, find: Span) -> Span:
    """Return a find without the signs at its ends; those of initials are theirs: O.V."""
    said = text[find.start : find.end]
    opening = _TITLE.match(said) if find.type == "NAME" else None
    start = find.start + (opening.end() if opening else len(said) - len(said.lstrip(_SIGNS + ".")))
    said = _POSSESSIVE.sub("", said)
    end = find.start + len(said.rstrip(_SIGNS if _INITIALS.search(said) else _SIGNS + "."))
    return find._replace(start=start, end=max(end, start + 1))


def _with_ends(text: str, find: Span) -> Span:
    """Return a number with what is glued to it: OBS-11, VX_0044918.dss."""
    if find.type not in _NUMBERED:
        return find
    before = _GLUED_BEFORE.search(text, max(0, find.start - _GLUED_MOST), find.start)
    behind = _GLUED_BEHIND.match(text, find.end)
    start = before.start() if before else find.start
    return find._replace(start=start, end=behind.end() if behind else find.end)


def _says_something(text: str, span: Span) -> bool:
    return any(letter.isalnum() for letter in text[span.start : span.end])
