"""The words of a note that say how a statement is meant, found in one look at the whole note.

Cues are cells of `tables/context_cues.csv`, alternatives in brackets: "rules (him|her) out". A cue opens a scope
"forward" or "backward", ends those of its context or of "any" ("end"), opens a clause ("verb"), says what is meant
under it ("heading"), or nothing ("pseudo"): the longest cue at a place holds, so that "no increase" is no denial.
Punctuation is no part of a cue; a semicolon ends every scope.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Literal, NamedTuple, get_args

from ahocorasick_rs import BytesAhoCorasick

from edscribe_pipelines.tables import read_table, table_cache

Context = Literal["negated", "historical", "family", "planned", "hypothetical", "uncertain"]


class Meaning(NamedTuple):
    """What a cue does, by context."""

    forward: tuple[Context, ...] = ()
    backward: tuple[Context, ...] = ()
    heading: tuple[Context, ...] = ()
    ends: tuple[Context, ...] = ()
    is_verb: bool = False
    opens: bool = False


Cue = tuple[int, int, Meaning]
"""Where a cue starts and ends in the text, and what it does."""

_ALL: tuple[Context, ...] = get_args(Context)
_PLAIN = bytes(code | 32 if chr(code).isalnum() and code < 128 else 39 if code == 39 else 32 for code in range(256))
"""Letters in small, digits and apostrophes; all else is a blank."""
_READ_AS = {"’": "'", "(-)": " no", "(+)": "but", "Ø": "'", "ø": "'"}
"""Of the same length, so that places stay; a stroke through a zero is a cue of its own, which no word is."""
_SLOT = re.compile(r"\(([^)]*)\)|[^()]+")


def cues_in(text: str) -> Iterator[Cue]:
    """Yield the cues in the order of the text; they do not overlap."""
    automaton, meanings = _cues()
    matches = automaton.find_matches_as_indexes(_plain(text), overlapping=True)
    found = [(start, 2 - end, number) for number, start, end in matches]
    if ";" in text:
        found += [(stop.start(), -stop.end(), -1) for stop in re.finditer(";", text)]
    found.sort()
    free = 0
    for start, end, number in found:
        if start >= free:
            free = -end
            yield start, free, meanings[number]


def _plain(text: str) -> bytes:
    """Return the words of `text` in small letters, a byte for each character, one blank before and behind them all:
    what stands at text[place] stands at place + 1."""
    for written, read in _READ_AS.items():
        if written in text:
            text = text.replace(written, read)
    return b" %b " % text.encode("ascii", "replace").translate(_PLAIN)


@table_cache
def _cues() -> tuple[BytesAhoCorasick, list[Meaning]]:
    """Return what finds the cues, with the meaning of each by its number, and that of a semicolon last."""
    effects: dict[bytes, list[dict[str, str]]] = {}
    for row in read_table("context_cues.csv"):
        if row["direction"] != "section":
            for cue in spelled_out(row["cues"]):
                effects.setdefault(_plain(cue), []).append(row)
    return BytesAhoCorasick(list(effects)), [*map(_meaning, effects.values()), Meaning(ends=_ALL)]


def _meaning(rows: list[dict[str, str]]) -> Meaning:
    def contexts(direction: str) -> tuple[Context, ...]:
        named = {row["context"] for row in rows if row["direction"] == direction}
        return tuple(context for context in _ALL if context in named or "any" in named)

    forward, backward = contexts("forward"), contexts("backward")
    is_verb = any(row["direction"] == "verb" for row in rows)
    return Meaning(forward, backward, contexts("heading"), contexts("end"), is_verb, bool(forward or backward))


def spelled_out(cell: str) -> Iterator[str]:
    """Yield the cues of a cell, one for each choice among alternatives in brackets."""
    for cue in cell.split(";"):
        slots = [slot[1].split("|") if slot[1] else [slot[0]] for slot in _SLOT.finditer(cue)]
        yield from map("".join, product(*slots))
