"""The wording of all tables of this package, searched for in a note at once.

Diagnoses and their tests (`rule_outs.csv`), what shows reasoning (`reasoning.csv`), risk scores (`risk_scores.csv`),
how the stay ended, by pattern (`disposition_statements.csv`), what should then be said (`disposition_points.csv`),
what is measured (`measures.csv`), what excludes each other (`opposites.csv`, by row) and how a finding is reported or
denied (`findings_told.csv`, `named` where wording counts as a denial alone), what has a side (`side_regions.csv`), what
a value is called (`value_conditions.csv`), and the situations of care with what is said of them (`care_*.csv`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal

from ahocorasick_rs import AhoCorasick, Implementation

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.patterns.prefilter import strings_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import read_table, table_cache

Kind = Literal[
    "diagnosis",
    "reasoning",
    "score",
    "disposition",
    "point",
    "measure",
    "says",
    "against",
    "reported",
    "denied",
    "named",
    "region",
    "condition",
    "care",
    "left out",
    "event",
    "since",
    "late",
    "setting",
    "done",
]
Place = tuple[int, int]

_WHOLE_WORD = 4
"""Names of so few letters are whole words in their own case ("PE", "hCG"); longer ones may be inflected."""
_ABBREVIATION = re.compile(r"[A-Z]\w{1,3}\b")
_IN_SMALL_LETTERS = 3
"""Abbreviations of so many letters are found in small letters, too, as hurried physicians type them."""
_ALSO_WORDS = frozenset({"cows", "fast", "sea", "ten"})
"""Small letters of an abbreviation that are a word, as "co", "hi" and "pe" (the examination) are."""
_IN_WORD = re.compile(r"\w")
_FIGURE = "#"
_OF_CARE: dict[Kind, str] = {
    "care": "wording",
    "left out": "denied",
    "event": "event",
    "since": "since",
    "late": "says",
    "setting": "setting",
    "done": "evidence",
}
"""What a rule of care looks for, by its column."""
_NAMED = ("diagnosis", "synonyms", "tests", "applies_if", "not_if")


def said_in(note: ParsedNote) -> dict[tuple[Kind, str], list[Place]]:
    """Return where the note has each word of the tables, in the order of the note."""
    places: dict[tuple[Kind, str], list[Place]] = {}
    for word, match in _vocabulary().matches(note.text):
        places.setdefault(word, []).append(match.span())
    names, automaton = _abbreviations()
    for number, start, end in strings_in(note.text, automaton):
        if not (start and note.text[start - 1].isalnum()) and not _IN_WORD.match(note.text, end):
            places.setdefault(("diagnosis", names[number]), []).append((start, end))
    for some in places.values():
        some.sort()
    return places


def last_before(note: ParsedNote, place: Place, kind: Kind, word: str) -> int:
    """Return where `word` begins last before `place`, -1 if it does not."""
    places = places_of(note, kind, word)
    number = bisect_left(places, place)
    return places[number - 1][0] if number else -1


def places_of(note: ParsedNote, kind: Kind, word: str) -> list[Place]:
    return note.of(said_in).get((kind, word), [])


def names_in(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(";") if name.strip())


def point_word(disposition: str, point: str) -> str:
    return f"{disposition}: {point}"


@table_cache
def _vocabulary() -> PatternSet[tuple[Kind, str]]:
    return PatternSet(dict.fromkeys(_words()), re.NOFLAG)


@table_cache
def _abbreviations() -> tuple[list[str], AhoCorasick]:
    names = sorted({name for name in _names() if _ABBREVIATION.fullmatch(name)})
    written = {spelling: name for name in names for spelling in _spellings(name)}
    return list(written.values()), AhoCorasick(list(written), implementation=Implementation.DFA)


def _spellings(name: str) -> set[str]:
    small = name.lower()
    return {name, small} if len(name) >= _IN_SMALL_LETTERS and small not in _ALSO_WORDS else {name}


def _names() -> Iterator[str]:
    for row in read_table("rule_outs.csv"):
        for column in _NAMED:
            yield from names_in(row[column])


def _words() -> Iterator[tuple[tuple[Kind, str], str]]:
    yield from ((("diagnosis", name), _name_pattern(name)) for name in _names() if not _ABBREVIATION.fullmatch(name))
    for row in read_table("reasoning.csv"):
        yield ("reasoning", row["shows"]), f"(?i:{row['pattern']})"
    for row in read_table("risk_scores.csv"):
        yield ("score", row["score"]), f"(?i:{row['wording']})"
    for row in read_table("disposition_statements.csv"):
        yield ("disposition", row["pattern"]), f"(?i:{row['pattern']})"
    for row in read_table("disposition_points.csv"):
        yield ("point", point_word(row["disposition"], row["point"])), f"(?i:{row['pattern']})"
    for row in read_table("measures.csv"):
        yield ("measure", row["measure"]), f"(?i:{row['wording']})"
    for number, row in enumerate(read_table("opposites.csv")):
        yield ("says", str(number)), f"(?i:{row['says']})"
        yield ("against", str(number)), f"(?i:{row['against']})"
    for row in read_table("side_regions.csv"):
        yield ("region", row["region"]), f"(?i:{row['wording']})"
    for row in read_table("value_conditions.csv"):
        yield ("condition", row["condition"]), f"(?i:{row['wording']})"
    for table in ("care_given_although.csv", "care_left_out.csv", "care_times.csv"):
        for row in read_table(table):
            for kind, column in _OF_CARE.items():
                if row.get(column):
                    yield (kind, row["matter"]), f"(?i:{row[column]})"
    for row in read_table("findings_told.csv"):
        for kind in ("reported", "denied", "named"):
            if row[kind]:
                yield (kind, row["finding"]), f"(?i:{row[kind]})"


def _name_pattern(name: str) -> str:
    """Return the pattern of a name; in the tables "K #" is followed by a figure, "CVA (not tender)" not by "tender"."""
    name, _, other = name.removesuffix(")").partition(" (not ")
    written = re.escape(name).replace(re.escape(_FIGURE), r"\d")
    behind = rf"(?![ ]{re.escape(other)})" if other else ""
    if len(name) > _WHOLE_WORD:
        return rf"\b(?i:{written}){behind}"
    first = re.escape(name[0])
    either = f"[{first}{first.upper()}]" if name.islower() else first
    return rf"\b{either}{written.removeprefix(first)}(?!\w){behind}"
