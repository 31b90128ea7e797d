"""Ways in which a note's layout comes undone: headings of other schools or none, lines lost, cells, speech, letters.

Every change keeps which stretch of the note is of which section, so what comes out is marked as well as what went in.
The headings are rows of `headings.csv`.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from edscribe_pipelines.clinical.sections import SECTIONS
from section_reader.marked import Part

_NBSP = "\xa0"
_DIVIDERS = ("\n", "\n\n", " ", " | ", "\t", " // ", "<br>")
_HOW_OFTEN = (6, 3, 5, 2, 2, 1, 1)
_AROUND_HEADINGS = (
    *(
        ("", ": "),
        ("", ": "),
        ("", ":"),
        ("", " "),
        ("", " - "),
        ("", "\n"),
        ("", ":\n"),
        ("**", "** "),
        ("**", ":** "),
    ),
    *(("## ", "\n"), ("[", "] "), ("", f"{_NBSP}:{_NBSP}"), ("", "\t"), ("", " | "), ("<b>", "</b> "), ("", " = ")),
    *(("<b>", ":</b><br>"), ("- ", ": "), ("", " ........ "), ("### ", "\n"), ("*", "*: "), ("", " -- ")),
)
_CLOCKS = ("{:02d}:{:02d}  ", "{:02d}{:02d} ", "{:02d}:{:02d} | ", "{:02d}:{:02d}\t", "{:02d}{:02d}h - ")
_SPOKEN = "spoken"
_WRITTEN = (str, str, str.upper, str.lower, str.title)

Change = Callable[[list[Part], random.Random], list[Part]]


class Group(NamedTuple):
    """What stands under one heading: `label`, or one of its first section's own where that is empty."""

    label: str
    members: list[tuple[str, str]]


class _Bank(NamedTuple):
    voices: dict[str, dict[str, list[str]]]
    merged: list[tuple[tuple[str, ...], list[str]]]
    letters: list[tuple[str, tuple[str, ...]]]
    banners: list[str]
    footers: list[str]


def undone(parts: Sequence[Part], chance: random.Random) -> list[Part]:
    """Return the note laid out anew, in one of many ways."""
    sections = _some_left_out(_by_section(parts), chance)
    if chance.random() < 0.3:
        sections = _out_of_order(sections, chance)
    groups = _grouped(sections, chance)
    divider = chance.choices(_DIVIDERS, _HOW_OFTEN)[0]
    inner = chance.choice((" ", "\n", "; ", " " if divider == "\t" else divider))
    heading = _Headings(chance)
    laid: list[Part] = []
    if chance.random() < 0.3:
        laid += [(chance.choice(_bank().banners), None), (chance.choice(("\n", "\n\n", " ", divider)), None)]
    for number, group in enumerate(groups):
        if number:
            laid.append((divider, None))
        laid += _under_heading(heading.of(group), group, inner)
    if chance.random() < 0.2:
        laid += [(chance.choice(("\n", " ", divider)), None), (chance.choice(_bank().footers), None)]
    return _changed(laid, chance, (0, 0, 1, 1, 2))


def shaken(parts: Sequence[Part], chance: random.Random) -> list[Part]:
    """Return the note in its own layout but for one or two changes."""
    laid = list(parts)
    if chance.random() < 0.4:
        laid = _without(laid, set(chance.sample(SECTIONS, chance.choice((1, 1, 2, 3)))), chance)
    return _changed(laid, chance, (0, 1, 1, 2))


def _changed(laid: list[Part], chance: random.Random, how_many: Sequence[int]) -> list[Part]:
    for change in chance.sample(_CHANGES, chance.choice(how_many)):
        laid = change(laid, chance)
    return laid


def _without(parts: list[Part], dropped: set[str], chance: random.Random) -> list[Part]:
    """Return the parts without those sections: with the heading of each, as far as it is on its line, or with nothing
    behind it. A heading that is left is of the section of which it says nothing."""
    kept: list[Part] = []
    for text, section in parts:
        if section not in dropped:
            kept.append((text, section))
        elif kept and kept[-1][1] is None:
            before, line_break, heading = kept.pop()[0].rpartition("\n")
            kept.append((before + line_break, None))
            if chance.random() < 0.5:
                kept.append((heading, section))
    return kept


def _by_section(parts: Sequence[Part]) -> list[tuple[str, str]]:
    gathered: list[tuple[str, str]] = []
    for text, section in parts:
        if section and text.strip():
            if gathered and gathered[-1][0] == section:
                gathered[-1] = (section, f"{gathered[-1][1].rstrip()}\n{text.strip()}")
            else:
                gathered.append((section, text.strip()))
    return gathered


def _some_left_out(sections: list[tuple[str, str]], chance: random.Random) -> list[tuple[str, str]]:
    """Return the sections without some, or with nothing in them."""
    how_often = chance.choice((0.0, 0.0, 0.1, 0.25, 0.6))
    emptied = chance.choice((0.0, 0.0, 0.0, 0.5))
    kept: list[tuple[str, str]] = []
    for section, said in sections:
        if chance.random() >= how_often:
            kept.append((section, said))
        elif chance.random() < emptied:
            kept.append((section, ""))
    return kept or sections[:3]


def _out_of_order(sections: list[tuple[str, str]], chance: random.Random) -> list[tuple[str, str]]:
    if chance.random() < 0.3:
        return chance.sample(sections, len(sections))
    moved = list(sections)
    for _ in range(chance.choice((1, 1, 2, 3))):
        place = chance.randrange(len(moved))
        moved.insert(chance.randrange(len(moved)), moved.pop(place))
    return moved


def _grouped(sections: list[tuple[str, str]], chance: random.Random) -> list[Group]:
    if chance.random() < 0.08:
        lettered = [Group(letter, [each for each in sections if each[0] in held]) for letter, held in _bank().letters]
        return [group for group in lettered if group.members]
    groups = [Group("", [each]) for each in sections]
    if chance.random() < 0.35:
        for held, names in chance.sample(_bank().merged, 3):
            groups = _merged(groups, held, chance.choice(names))
    return groups


def _merged(groups: list[Group], held: tuple[str, ...], name: str) -> list[Group]:
    for start in range(len(groups)):
        run = groups[start : start + len(held)]
        if [group.members[0][0] for group in run if not group.label] == list(held):
            members = [each for group in run for each in group.members]
            return [*groups[:start], Group(name, members), *groups[start + len(held) :]]
    return groups


def _under_heading(heading: str, group: Group, inner: str) -> list[Part]:
    laid: list[Part] = []
    if heading:
        says_nothing = not any(said for _, said in group.members)
        laid.append((heading, group.members[0][0] if says_nothing else None))
    for place, (section, said) in enumerate(group.members):
        if place:
            laid.append((inner, None))
        laid.append((said, section))
    return laid


class _Headings:
    """How one author words and dresses headings, or leaves them out."""

    def __init__(self, chance: random.Random) -> None:
        voices = _bank().voices
        self._chance = chance
        self._voice = chance.choices([*voices, ""], (4, 5, 5, 3, 4, 3, 3))[0]
        self._left_out = chance.choice((0.0, 0.0, 0.0, 0.2, 0.4)) if self._voice else 1.0
        self._written = chance.choice(_WRITTEN)
        self._before, self._after = chance.choice(_AROUND_HEADINGS)
        if self._voice == _SPOKEN:
            self._before, self._after = "", chance.choice((" ", " ", ". ", ", "))
            self._written = chance.choice((str, str, str.capitalize))
        self._is_numbered = chance.random() < 0.08
        self._count = 0

    def of(self, group: Group) -> str:
        chance, voices = self._chance, _bank().voices
        if chance.random() < self._left_out:
            return ""
        words = voices[self._voice if chance.random() < 0.9 else chance.choice(list(voices))]
        name = group.label or chance.choice(words[group.members[0][0]])
        is_abbreviation = len(name) <= 4 and chance.random() < 0.6
        self._count += 1
        number = f"{self._count}. " if self._is_numbered else ""
        return number + self._before + (name if is_abbreviation else self._written(name)) + self._after


def _each(parts: list[Part], change: Callable[[str], str]) -> list[Part]:
    return [(change(text), section) for text, section in parts]


def _lines_lost(parts: list[Part], chance: random.Random) -> list[Part]:
    joint = chance.choice((" ", " ", "  ", " / "))
    return _each(parts, lambda text: re.sub(r"[ \t]*\n\s*", joint, text))


def _in_small_letters(parts: list[Part], chance: random.Random) -> list[Part]:
    return _each(parts, str.lower)


def _in_capitals(parts: list[Part], chance: random.Random) -> list[Part]:
    return _each(parts, str.upper)


def _transcribed(parts: list[Part], chance: random.Random) -> list[Part]:
    """Neither stops nor capitals nor lines, as a raw transcript."""
    stops = re.compile(r"(?<!\d)[.,;:!?()\[\]•*-]+|[.,;:]+(?!\d)")
    return _each(parts, lambda text: re.sub(r"\s+", " ", stops.sub(" ", text.lower())))


def _without_stops(parts: list[Part], chance: random.Random) -> list[Part]:
    return _each(parts, lambda text: re.sub(r"[.;](?=\s|$)", chance.choice(("", ",")), text))


def _wrapped(parts: list[Part], chance: random.Random) -> list[Part]:
    """Lines broken at a fixed width, in the middle of sentences."""
    width, column = chance.choice((50, 60, 72, 80)), 0
    laid: list[Part] = []
    for text, section in parts:
        pieces = []
        for piece in re.findall(r"\n|[^\S\n]+|\S+", text):
            is_full = piece.isspace() and column > width
            column = 0 if piece == "\n" or is_full else column + len(piece)
            pieces.append("\n" if is_full else piece)
        laid.append(("".join(pieces), section))
    return laid


def _with_hard_blanks(parts: list[Part], chance: random.Random) -> list[Part]:
    return [(text if section else text.replace(" ", _NBSP), section) for text, section in parts]


def _with_points(parts: list[Part], chance: random.Random) -> list[Part]:
    """Sentences as points of a list."""
    mark = chance.choice(("- ", "• ", "* ", "> ", "-> "))
    stop = re.compile(r"(?<=[a-z]{2})\. +(?=[A-Z])")
    return [(mark + stop.sub(f".\n{mark}", text) if section else text, section) for text, section in parts]


def _with_times(parts: list[Part], chance: random.Random) -> list[Part]:
    """A flow sheet: a clock time at the left of each line."""
    minute = chance.randrange(300, 1200)
    clock = chance.choice(
        ("{:02d}:{:02d}  ", "{:02d}{:02d} ", "{:02d}:{:02d} | ", "{:02d}:{:02d}\t", "{:02d}{:02d}h - ")
    )
    laid: list[Part] = []
    is_fresh = True
    for text, section in parts:
        if section is None:
            laid.append((text, None))
            is_fresh = is_fresh or "\n" in text
            continue
        for line in re.split(r"(?<=\n)|(?<=[a-z]\.) (?=[A-Z])", text):
            if is_fresh:
                minute += chance.randrange(1, 15)
                laid.append((clock.format(minute // 60 % 24, minute % 60), None))
            laid.append((line, section))
            is_fresh = line.endswith("\n")
            if not is_fresh and chance.random() < 0.5:
                laid.append(("\n", None))
                is_fresh = True
    return laid


def _as_rows(parts: list[Part], chance: random.Random) -> list[Part]:
    """Rows of a table: each line between pipes, or all in one."""
    if chance.random() < 0.3:
        return _lines_lost(parts, chance)
    return _each(parts, lambda text: text.replace("\n", " |\n| "))


def _as_html(parts: list[Part], chance: random.Random) -> list[Part]:
    line = chance.choice(("<br>", "<br/>\n", "</p><p>", "</td></tr><tr><td>", "<br />"))
    return _each(parts, lambda text: text.replace("\n", line))


_CHANGES: tuple[Change, ...] = (
    *(_lines_lost, _lines_lost, _in_small_letters, _in_capitals, _transcribed, _without_stops, _wrapped),
    *(_with_hard_blanks, _with_points, _with_times, _as_rows, _as_html),
)


@cache
def _bank() -> _Bank:
    with Path(__file__).with_name("headings.csv").open(newline="", encoding="utf-8") as stream:
        read = list(csv.DictReader(stream))
    rows = [(row["voice"], tuple(row["section"].split(" + ")), row["headings"].split(";")) for row in read]
    voices: dict[str, dict[str, list[str]]] = {}
    for voice, sections, headings in rows:
        if voice not in ("merged", "letters", "banner", "footer"):
            voices.setdefault(voice, {})[sections[0]] = headings
    return _Bank(
        voices,
        merged=[(sections, headings) for voice, sections, headings in rows if voice == "merged"],
        letters=[(headings[0], sections) for voice, sections, headings in rows if voice == "letters"],
        banners=next(headings for voice, _, headings in rows if voice == "banner"),
        footers=next(headings for voice, _, headings in rows if voice == "footer"),
    )
