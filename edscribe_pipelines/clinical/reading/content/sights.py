"""What can be seen in a segment: its words, the kinds of thing they name, how it is laid out and where it stands.

The model learns what each sight tells; so the wording of a sight is part of it, and a change wants a new model
(`section_reader/train.py`). The kinds of thing are rows of `kinds_of_thing.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.content.segments import Border, Cue, Segment
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache

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
_NEIGHBOURS = {-2: "-2", -1: "-1", 1: "1", 2: "2"}
_LINE_STARTS = ("start", "line", "blank")


class _Seen(NamedTuple):
    """What is seen in one segment: `own` for itself, `shared` for its neighbours, too, as each of them tells it."""

    own: list[str]
    shared: list[str]
    for_neighbours: dict[int, list[str]]
    kinds: Mapping[str, None]
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
    kinds = _kinds_of(said, words)
    own = ["w=" + word for word in dict.fromkeys(words)]
    own += [f"b={one}_{two}" for one, two in pairwise(words)]
    shared = ["t=" + kind for kind in kinds]
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
    for_neighbours = {step: [told + sight for sight in shared] for step, told in _NEIGHBOURS.items()}
    return _Seen(own, shared, for_neighbours, kinds, _KEYS[segment.cue.section] if segment.cue and opens else "")


def _kinds_of(said: str, words: Sequence[str]) -> dict[str, None]:
    kinds: dict[str, None] = {}
    for word in said.lower().split():
        kinds |= _kinds_of_word(word)
    if _DIGIT.search(said):
        kinds |= dict.fromkeys(match.lastgroup or "" for match in _kinds_in_figures().finditer(said))
    if any(map(_is_drug, words)):
        kinds["drug"] = None
    return kinds


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
    before: dict[str, None] = {}
    after = _headings_after(headings)
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
            key = _KEYS[segment.cue.section]
            told += [f"cue={segment.label}|{key in before:d}", f"cs={key}|{key in before:d}"]
        if headings[number]:
            heading, under = headings[number], ""
            before[heading] = None
        elif segment.label and not segment.cue:
            under = "u"
        told += [f"lh={last}", f"lh={last}|{min(since, 8) // 2}", f"ll={last_label}"]
        told += [f"hd={heading}|{headed}", f"hd={heading}|{headed}|{under}"]
        told += ["bef=" + key for key in before]
        told += after[number]
        told += [f"i={min(number, _FAR)}", f"ie={min(len(segments) - number, _FROM_END)}"]
        told.append(f"pos={10 * segment.start // (len(note) + 1)}")
        yield told if has_labels else [*told, "bare"]


def _headings_after(headings: Sequence[str]) -> list[list[str]]:
    """Return for each segment what tells the headings behind it, the nearest first."""
    behind: list[str] = []
    after = []
    for heading in reversed(headings):
        after.append(behind)
        if heading:
            sight = "aft=" + heading
            behind = [sight, *(other for other in behind if other != sight)]
    return after[::-1]


def _how_headed(headings: Sequence[str]) -> str:
    sections = len({heading for heading in headings if heading})
    return "few" if sections < 4 else "some" if sections < 8 else "most"


def _short(note: str, segment: Segment) -> str:
    return note[segment.start : segment.end].lower() if segment.end - segment.start < 30 else ""


def _around(seen: Sequence[_Seen], number: int) -> list[str]:
    around = ["nx=" + kind for kind in _kinds_in(seen[number + 1 : number + 1 + _NEAR])]
    around += ["pv=" + kind for kind in _kinds_in(seen[max(0, number - _NEAR) : number])]
    for step, told in _NEIGHBOURS.items():
        if 0 <= number + step < len(seen):
            around += seen[number + step].for_neighbours[step]
        else:
            around.append(told + "none")
    return around


def _kinds_in(seen: Sequence[_Seen]) -> dict[str, None]:
    kinds: dict[str, None] = {}
    for each in seen:
        kinds |= each.kinds
    return kinds


def _border(note: str, segments: Sequence[Segment], number: int) -> list[str]:
    """Return what tells whether a section begins here: the border, and what is on both sides of it."""
    segment = segments[number]
    opening = "c" if segment.cue else "l" if segment.label else "-"
    first = note[segment.start]
    letter = "A" if first.isupper() else "a" if first.islower() else "0" if first.isdigit() else "."
    before = segments[number - 1] if number else None
    follows_heading = before is not None and before.content >= before.end
    told = list(_told_of_border(segment.border, opening, letter, follows_heading, segment.content >= segment.end))
    if before is not None:
        told.append(f"e={segment.border}|{note[before.end - 1]}")
        told.append(f"sz={min((before.end - before.start) // 20, 5)}|{segment.border}")
    return told


@lru_cache(maxsize=1024)
def _told_of_border(
    border: Border, opening: str, letter: str, follows_heading: bool, is_alone: bool
) -> tuple[str, str, str, str, str]:
    e = f"e={border}|"
    return (
        f"border={border}",
        f"{e}{opening}",
        f"{e}{letter}",
        f"{e}{follows_heading:d}",
        f"{e}{opening}|{letter}|{follows_heading:d}|{is_alone:d}",
    )


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    """Return a word with 0 for each digit, four at most."""
    return _DIGITS.sub(lambda digits: "0" * min(len(digits[0]), 4), word)


@lru_cache(maxsize=32_768)
def _kinds_of_word(word: str) -> dict[str, None]:
    """Return the kinds of thing that a word, with its punctuation, may name."""
    word = word.strip(_AROUND_WORD)
    return dict.fromkeys(kind for kind, pattern in _kinds_of_words() if pattern.fullmatch(word))


@lru_cache(maxsize=1)
def _kinds_of_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(row["pattern"])) for row in _rows() if row["found_in"] == "word")


@lru_cache(maxsize=1)
def _kinds_in_figures() -> re.Pattern[str]:
    patterns = (f"(?P<{row['kind']}>{row['pattern']})" for row in _rows() if row["found_in"] == "text")
    return re.compile("|".join(patterns), re.I)


def _rows() -> list[dict[str, str]]:
    return read_table("kinds_of_thing.csv", "edscribe_pipelines.clinical.reading.content")


@forgotten_with_tables
@lru_cache(maxsize=32_768)
def _is_drug(word: str) -> bool:
    return len(word) >= _SHORT and (word in _drugs() or word.endswith(_stems()))


@table_cache
def _drugs() -> frozenset[str]:
    rows = read_table("drug_names.csv")
    names = (name for row in rows for name in (row["drug"], *row["synonyms"].split(";")))
    return frozenset(name.lower() for name in names if name and " " not in name)


@table_cache
def _stems() -> tuple[str, ...]:
    return tuple(row["stem"] for row in read_table("drug_stems.csv"))
