"""Deciding at a terminal, one key a stretch: each is shown between its neighbours, and each answer is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from edscribe_pipelines.deidentify.checking.judging.judge import Doubt
from edscribe_pipelines.deidentify.review.decisions import Decision, Verdict, append_decision, end_last_line, hash_of
from edscribe_pipelines.deidentify.review.reading_list import Doubtful

_AROUND = 90
_KEYS: dict[str, Verdict] = {"i": "identifier", "n": "nothing"}
SKIP, QUIT = "s", "q"
HELP = "i: an identifier, remove it · n: nothing, let it stand · s: skip this note · q: quit"


class Shown(NamedTuple):
    """A doubtful stretch between what stands before and behind it, what is removed written as [removed]."""

    number: int
    of: int
    before: str
    stretch: str
    behind: str


class Outcome(NamedTuple):
    texts: int
    identifiers: int
    nothing: int


def decide(texts: Iterable[Doubtful], file: Path, show: Callable[[Shown], None], key: Callable[[], str]) -> Outcome:
    """Ask about each doubt until all are decided or the person quits; return how many texts and answers there were."""
    end_last_line(file)
    seen = 0
    said: list[Verdict] = []
    for text in texts:
        seen += 1
        for verdict in _decided(text, file, show, key):
            if verdict is None:
                return Outcome(seen, said.count("identifier"), said.count("nothing"))
            said.append(verdict)
    return Outcome(seen, said.count("identifier"), said.count("nothing"))


def _decided(
    text: Doubtful, file: Path, show: Callable[[Shown], None], key: Callable[[], str]
) -> Iterator[Verdict | None]:
    """Yield the verdict on each doubt of a text; None where the person quits."""
    for number, doubt in enumerate(text.doubts, start=1):
        show(_shown(text, number, doubt))
        pressed = _pressed(key)
        if pressed == QUIT:
            yield None
        if pressed not in _KEYS:
            return
        verdict = _KEYS[pressed]
        append_decision(file, Decision(hash_of(text.text), doubt.start, doubt.end, verdict))
        yield verdict


def _pressed(key: Callable[[], str]) -> str:
    while (pressed := key().lower()) not in (*_KEYS, SKIP, QUIT):
        pass
    return pressed


def _shown(text: Doubtful, number: int, doubt: Doubt) -> Shown:
    before = _without_removed(text, max(0, doubt.start - _AROUND), doubt.start)
    behind = _without_removed(text, doubt.end, doubt.end + _AROUND)
    return Shown(number, len(text.doubts), before, text.text[doubt.start : doubt.end], behind)


def _without_removed(text: Doubtful, start: int, end: int) -> str:
    pieces = []
    for first, last in text.removed:
        if first < end and last > start:
            pieces += [text.text[start : max(start, first)], "[removed]"]
            start = last
    return "".join([*pieces, text.text[start:end]])
