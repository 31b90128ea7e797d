"""Which tokens of a text are identifiers, by a linear-chain CRF.

The model is `phi_model.crf.xz`; its card, `phi_reader/README.md`, says what it was trained on and measured at.

Source: Lafferty et al., Conditional random fields, ICML 2001; Okazaki, CRFsuite (2007).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import pycrfsuite

from edscribe_pipelines.deidentify.finding.learned.sights import sights_of
from edscribe_pipelines.deidentify.finding.learned.tokens import Token, tokens_of
from edscribe_pipelines.deidentify.finding.spans import GUESSED, Span
from edscribe_pipelines.packed_crf import packed_tagger

NOTHING = "O"
TYPES = {
    "NAME": "NAME",
    "INITIALS": "NAME",
    "DATE": "DATE",
    "AGE_OVER_89": "AGE",
    "PHONE": "PHONE",
    "FAX": "PHONE",
    "PAGER": "PHONE",
    "EXTENSION": "PHONE",
    "EMAIL": "URL",
    "URL": "URL",
    "IP": "URL",
    **dict.fromkeys(("SSN", "MRN", "INSURANCE", "ACCOUNT", "ID", "LICENSE", "BIOMETRIC", "OTHER"), "OTHER_ID"),
    "PLATE": "VEHICLE",
    "DEVICE": "DEVICE",
    "HOSPITAL": "HOSPITAL",
    "ORG": "EMPLOYER",
    "STREET": "ADDRESS",
    "CITY": "CITY",
    "ZIP": "ZIP",
    "ROOM": "ROOM",
}
"""The type of a span for each category of the marked notes; those that read alike are one."""
LEAST = 0.1
"""The least probability at which a token counts as part of an identifier: a missed one is worse than a lost word."""
LEAST_OF_FIGURES = 0.3
"""The same for a number of few digits, of which notes are full, with nothing found before it."""
_SHORT = 3
_AT_ONCE = 4_000
"""Tokens that are read together; what is seen of one takes some thousand bytes."""
MOST = 0.03
"""The greatest probability at which the model is sure that a token is part of none."""
_NUMBERED = frozenset(("OTHER_ID", "DEVICE", "VEHICLE", "ROOM"))
_LONGEST_WORD = 40
_SIGNS = " \t\n,;:()[]{}|/\"'’“”-–*"
_TITLE = re.compile(r"[\W_]*(?:dr|mr|mrs|ms|miss|prof|nurse|sir|madam)\b\.?[\s\0]*(?=\w)", re.I)
_POSSESSIVE = re.compile(r"['’]s\W*$", re.I)
_INITIALS = re.compile(r"(?:^|[\s.])\w\.$")
_GLUED_MOST = 24
_GLUED_BEFORE = re.compile(r"[A-Za-z\d][\w#./-]{0,23}\Z|[A-Za-z\d]\Z")
_GLUED_BEHIND = re.compile(r"[\w#./-]{0,23}[A-Za-z\d]")


class LearnedReading:
    """What the model makes of a text: `finds`, and what it is sure to be nothing."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._chances: list[float] = []
        found: list[Span] = []
        for first in range(0, len(self._tokens), _AT_ONCE):
            found += self._read(self._tokens[first : first + _AT_ONCE])
        self._starts = [token.start for token in self._tokens]
        self.finds = tuple(_with_ends(text, find) for find in _joined(text, found))

    def is_nothing(self, start: int, end: int) -> bool:
        """Whether the model is sure that no token in text[start:end] is part of an identifier."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._starts, end)
        return all(chance < MOST for chance in self._chances[first:last])

    def _read(self, tokens: Sequence[Token]) -> Iterator[Span]:
        tagger = _tagger()
        tagger.set(sights_of(tokens))
        is_beside = False
        for place, (token, tag) in enumerate(zip(tokens, tagger.tag(), strict=True)):
            chance = 1 - tagger.marginal(NOTHING, place)
            self._chances.append(chance)
            is_figure = token.text[0].isdigit() and len(token.text) <= _SHORT and not is_beside
            least = LEAST_OF_FIGURES if is_figure else LEAST
            is_beside = tag != NOTHING or chance >= least
            if is_beside and token.text != "\n" and len(token.text) <= _LONGEST_WORD:
                kind = tag[2:] if tag != NOTHING else _likeliest(place)
                yield Span(token.start, token.end, kind, GUESSED)


@lru_cache(maxsize=4)
def read_learned(text: str) -> LearnedReading:
    return LearnedReading(text)


def find_learned(text: str) -> Iterable[Span]:
    """Return the identifiers that the model sees in `text`."""
    return read_learned(text).finds


def _likeliest(place: int) -> str:
    tagger = _tagger()
    return max(_kinds(), key=lambda kind: sum(tagger.marginal(tag, place) for tag in _kinds()[kind]))


def _joined(text: str, finds: list[Span]) -> Iterator[Span]:
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


def _tagger() -> pycrfsuite.Tagger:
    return packed_tagger("edscribe_pipelines.deidentify.finding.learned", "phi_model.crf.xz")


@lru_cache(maxsize=1)
def _kinds() -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for tag in _tagger().labels():
        if tag != NOTHING:
            kinds.setdefault(tag[2:], []).append(tag)
    return kinds
