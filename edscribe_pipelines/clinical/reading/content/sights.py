"""What can be seen in a segment: its words, the kinds of thing they name, how it is laid out and where it stands.

The model learns what each sight tells; so the wording of a sight is part of it, and a change wants a new model
(`section_reader/train.py`). The kinds of thing are rows of `kinds_of_thing.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.content.segments import Cue, Segment
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.tables import read_table, table_cache

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,:/]\d+)*|[%+?↑↓→°☑☐☒✓]|\[[ x]\]", re.I)
_DIGIT = re.compile(r"\d")
_AROUND_WORD = " \t.,;:()[]{}*_\"'|#-–>=?!"
_SHORT = 5
"""Letters of an abbreviation; shorter words are no drugs."""
_SHORT_LINE = 40
_DIGITS = re.compile(r"\d+")
_SECTION_KEYS = ("cc", "hpi", "ros", "pmh", "med", "all", "soc", "pe", "edc", "lab", "mdm", "dis")
_KEYS = dict(zip(SECTIONS, _SECTION_KEYS, strict=True))
_CHILDREN_OF_ROW = 6
_FAR, _FROM_END = 14, 10
_NEAR = 4
"""Segments, before or behind, whose kinds of thing are told together."""
_NEIGHBOURS = (-2, -1, 1, 2)
_LINE_STARTS = ("start", "line", "blank")


class _Seen(NamedTuple):
    """What is seen in one segment: `own` for itself, `shared` for its neighbours, too."""

    own: list[str]
    shared: list[str]
    kinds: Collection[str]
    heading: str
    """The key of the section whose heading plainly opens it, "" where none does."""


def sights_of(note: str, segments: Sequence[Segment]) -> list[list[str]]:
    """Return what is seen in each segment, and around it."""
    seen = [_seen(note, segment) for segment in segments]
    along = _along(note, segments, seen)
    return [
        [*each.own, *each.shared, *told, *_around(seen, number), *_border(note, segments, number)]
        for number, (each, told) in enumerate(zip(seen, along, strict=True))
    ]


def _seen(note: str, segment: Segment) -> _Seen:
    said = note[segment.start : segment.end]
    words = _words(note[segment.content : segment.end])
    kinds = dict.fromkeys(kind for word in said.lower().split() for kind in _kinds_of_word(word))
    if _DIGIT.search(said):
        kinds |= dict.fromkeys(match.lastgroup or "" for match in _kinds_in_figures().finditer(said))
    if any(word in _drugs() or word.endswith(_stems()) for word in words if len(word) >= _SHORT):
        kinds["drug"] = None
    own = [f"w={word}" for word in dict.fromkeys(words)]
    own += [f"b={one}_{two}" for one, two in pairwise(words)]
    shared = [f"t={kind}" for kind in kinds]
    if words:
        shared += [f"f={words[0]}", f"f2={'_'.join(words[:2])}"]
        own.append(f"l={words[-1]}")
    if segment.cue:
        form = "".join(_form(note, segment, segment.cue))
        key = _KEYS[segment.cue.section]
        own += [f"cue={segment.label}", f"cue={segment.label}|{form}", f"cs={key}|{form}"]
        shared.append(f"cs={key}|{form[0]}")
    elif segment.label:
        own += [f"lab={segment.label}", *(f"lw={word}" for word in _words(segment.label))]
        shared.append("label")
    size = segment.end - segment.start
    own.append(f"len={min(size // 15, 8)}")
    if said.isupper():
        own.append("caps")
    if size < _SHORT_LINE and segment.border in (*_LINE_STARTS, "cell"):
        own.append(f"line={' '.join(words)[:30]}")
    opens = segment.cue and opens_plainly(note, segment)
    return _Seen(own, shared, kinds, _KEYS[segment.cue.section] if segment.cue and opens else "")


def opens_plainly(note: str, segment: Segment) -> bool:
    """Whether the cue of a segment is written as a heading is: before a colon, dressed, or on a line of its own or in
    capitals at its start."""
    if segment.cue is None:
        return False
    form = _form(note, segment, segment.cue)
    is_short = form.letters == "T" and len(segment.label) < _SHORT
    return form.mark != "." or (form.place == "l" and (form.alone == "a" or form.letters == "C" or is_short))


class _Form(NamedTuple):
    """How a cue is written: at the beginning of a line or cell (l) or not (m); before a colon (:), dressed (b) or
    neither (.); in capitals (C), with one (T) or small (s); alone (a) or not (i)."""

    place: str
    mark: str
    letters: str
    alone: str


def _form(note: str, segment: Segment, cue: Cue) -> _Form:
    written = note[cue.start : cue.end]
    head = note[segment.start : segment.content]
    colon = ":" in head[cue.end - segment.start :] or "=" in head
    return _Form(
        place="l" if segment.border in (*_LINE_STARTS, "cell") else "m",
        mark=":" if colon else "b" if "*" in head else ".",
        letters="C" if written.isupper() and len(written) > 1 else "T" if written[:1].isupper() else "s",
        alone="i" if segment.content < segment.end else "a",
    )


def _along(note: str, segments: Sequence[Segment], seen: Sequence[_Seen]) -> Iterator[list[str]]:
    """Yield what the way to each segment tells: headings passed and to come, the row, the place in the note."""
    headings = [each.heading for each in seen]
    headed = _how_headed(headings)
    has_labels = any(segment.label for segment in segments)
    last = last_label = row = heading = under = ""
    since = cells = 0
    for number, segment in enumerate(segments):
        told = []
        if segment.border in _LINE_STARTS:
            row, cells = segment.label or _short(note, segment), 0
        else:
            cells += 1
            if row and cells < _CHILDREN_OF_ROW:
                told.append(f"row={_DIGIT.sub('0', row)}")
        since += 1
        if segment.label:
            last, since = segment.label, 0
            last_label = last_label if segment.cue else segment.label.split()[0]
        if segment.cue:
            again = _KEYS[segment.cue.section] in headings[:number]
            told += [f"cue={segment.label}|{again:d}", f"cs={_KEYS[segment.cue.section]}|{again:d}"]
        if headings[number]:
            heading, under = headings[number], ""
        elif segment.label and not segment.cue:
            under = "u"
        told += [f"lh={last}", f"lh={last}|{min(since, 8) // 2}", f"ll={last_label}"]
        told += [f"hd={heading}|{headed}", f"hd={heading}|{headed}|{under}"]
        told += [f"bef={key}" for key in dict.fromkeys(headings[: number + 1]) if key]
        told += [f"aft={key}" for key in dict.fromkeys(headings[number + 1 :]) if key]
        told += [f"i={min(number, _FAR)}", f"ie={min(len(segments) - number, _FROM_END)}"]
        told.append(f"pos={10 * segment.start // (len(note) + 1)}")
        yield told if has_labels else [*told, "bare"]


def _how_headed(headings: Sequence[str]) -> str:
    sections = len({heading for heading in headings if heading})
    return "few" if sections < 4 else "some" if sections < 8 else "most"


def _short(note: str, segment: Segment) -> str:
    return note[segment.start : segment.end].lower() if segment.end - segment.start < 30 else ""


def _around(seen: Sequence[_Seen], number: int) -> Iterator[str]:
    yield from (f"nx={kind}" for kind in _kinds_in(seen[number + 1 : number + 1 + _NEAR]))
    yield from (f"pv={kind}" for kind in _kinds_in(seen[max(0, number - _NEAR) : number]))
    for step in _NEIGHBOURS:
        if 0 <= number + step < len(seen):
            yield from (f"{step}{sight}" for sight in seen[number + step].shared)
        else:
            yield f"{step}none"


def _kinds_in(seen: Sequence[_Seen]) -> Collection[str]:
    return dict.fromkeys(kind for each in seen for kind in each.kinds)


def _border(note: str, segments: Sequence[Segment], number: int) -> Iterator[str]:
    """Yield what tells whether a section begins here: the border, and what is on both sides of it."""
    segment = segments[number]
    opening = "c" if segment.cue else "l" if segment.label else "-"
    first = note[segment.start]
    letter = "A" if first.isupper() else "a" if first.islower() else "0" if first.isdigit() else "."
    before = segments[number - 1] if number else None
    follows_heading = before is not None and before.content >= before.end
    border = f"e={segment.border}|"
    yield f"border={segment.border}"
    yield from (f"{border}{opening}", f"{border}{letter}", f"{border}{follows_heading:d}")
    yield f"{border}{opening}|{letter}|{follows_heading:d}|{segment.content >= segment.end:d}"
    if before is not None:
        yield f"{border}{note[before.end - 1]}"
        yield f"sz={min((before.end - before.start) // 20, 5)}|{segment.border}"


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    """Return a word with 0 for each digit, four at most."""
    return _DIGITS.sub(lambda digits: "0" * min(len(digits[0]), 4), word)


@lru_cache(maxsize=32_768)
def _kinds_of_word(word: str) -> tuple[str, ...]:
    """Return the kinds of thing that a word, with its punctuation, may name."""
    word = word.strip(_AROUND_WORD)
    return tuple(kind for kind, pattern in _kinds_of_words() if pattern.fullmatch(word))


@lru_cache(maxsize=1)
def _kinds_of_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(row["pattern"])) for row in _rows() if row["found_in"] == "word")


@lru_cache(maxsize=1)
def _kinds_in_figures() -> re.Pattern[str]:
    patterns = (f"(?P<{row['kind']}>{row['pattern']})" for row in _rows() if row["found_in"] == "text")
    return re.compile("|".join(patterns), re.I)


def _rows() -> list[dict[str, str]]:
    return read_table("kinds_of_thing.csv", "edscribe_pipelines.clinical.reading.content")


@table_cache
def _drugs() -> frozenset[str]:
    rows = read_table("drug_names.csv")
    names = (name for row in rows for name in (row["drug"], *row["synonyms"].split(";")))
    return frozenset(name.lower() for name in names if name and " " not in name)


@table_cache
def _stems() -> tuple[str, ...]:
    return tuple(row["stem"] for row in read_table("drug_stems.csv"))
