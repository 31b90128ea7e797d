"""One thing told with one figure in one section and another in the next: "T12 burst fracture", "L3 burst fracture".

Rows of `tables/figures_told_again.csv`: a fact, its wording, where its figure stands and of which kind it is. A figure
that another section lacks is a difference only where both have one, and where no words and no sum explain it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.figure_kinds import Figures, figures_before, figures_behind
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.tables import read_table, table_cache

_NOT_IN = {"Medications", "Allergies", "Social History", "Review of Systems"}
_OF_PAST = "Past Medical/Surgical History"
_EXPLAINED = re.compile(
    r"\b(?:here|at home|in all|so far|total|en route|initially|now|more|another|additional|further|other|"
    r"each|every|per|if|up to|at least|over|under|less than|second|"
    r"old|prior|previous|was|from|last (?:year|month|week)|(?:months?|years?|weeks?) ago|repeat|follow-?up|outside|"
    r"EMS|brother|sister|mother|father|wife|husband|normal|usual|maintenance|starting|q\d{1,2}h|vs|versus|or|target|goal)\b|[<>≤≥?]",
    re.I,
)
_MORE = re.compile(r"\b(?:more|further|another|additional|other)\b", re.I)
_THEN = re.compile(r"\bthen[ ]*\||\|.*\bthen\b", re.I)
"""Right before the figure, or behind it."""
_AROUND = 24
_MOST = 6


class _Told(NamedTuple):
    figures: Figures
    section: str | None
    place: Place


def figures_told_again(note: ParsedNote) -> Iterator[TwoWays]:
    named: dict[tuple[str, str], list[re.Match[str]]] = {}
    for fact, match in _WORDINGS.matches_in(note):
        key = " ".join(filter(None, match.groups())).lower()
        named.setdefault((fact, key), []).append(match)
    for (fact, _), matches in named.items():
        if len(matches) < 2:
            continue
        row = _rows()[fact]
        pair = _differing(row, [each for match in matches if (each := _read(note, row, match))])
        if pair:
            yield TwoWays("number", "warning", *pair, f"Told with two figures: {fact}.")


def _read(note: ParsedNote, row: dict[str, str], match: re.Match[str]) -> _Told | None:
    section = note.section_at(match.start())
    if section in _NOT_IN or (section == _OF_PAST and row["may_be"] != "historical"):
        return None
    found = None
    if "before" in row["figure_stands"]:
        found = figures_before(row["kind"], note.text, match.start())
    if not found and "behind" in row["figure_stands"]:
        found = figures_behind(row["kind"], note.text, match.end())
    if not found:
        return None
    place = min(found.place[0], match.start()), max(found.place[1], match.end())
    if note.context(*place) & (NOT_TODAYS - {"uncertain", *row["may_be"].split(";")}):
        return None
    if _is_explained(note, row, place):
        return None
    return _Told(found, section, place)


def _is_explained(note: ParsedNote, row: dict[str, str], place: Place) -> bool:
    sentence = note.sentence_at(place[0])
    start, end = max(sentence.start, place[0] - _AROUND), min(max(sentence.end, place[1]), place[1] + _AROUND)
    if row["may_be"]:
        return False
    around = note.text[start : place[0]] + " | " + note.text[place[1] : end]
    is_more = _MORE.search(note.text, *place) or _THEN.search(around)
    return bool(_EXPLAINED.search(around) or is_more) or says_why(note, start, end, "contrast")


def _differing(row: dict[str, str], told: Sequence[_Told]) -> tuple[Place, Place] | None:
    """Return the first figure that all of another section lack, which has figures of its own."""
    if not 1 < len(told) <= _MOST:
        return None
    off = float(row["off"])
    for one, other in combinations(told, 2):
        if one.section == other.section:
            continue
        mine, theirs = ([each for each in told if each.section == section] for section in (one.section, other.section))
        if any(_is_same(this.figures, that.figures, off) for this, that in product(mine, theirs)):
            continue
        if not _is_sum(row, told):
            return one.place, other.place
    return None


def _is_same(one: Figures, other: Figures, off: float) -> bool:
    return any(abs(this - that) <= off * max(this, that) for this in one.values for that in other.values)


def _is_sum(row: dict[str, str], told: Sequence[_Told]) -> bool:
    """Whether one count is that of all others together."""
    if row["kind"] != "count":
        return False
    counts = [each.figures.values[0] for each in told]
    return any(2 * each == sum(counts) or sum(counts) - each == each for each in counts) or max(counts) == sum(
        set(counts) - {max(counts)}
    )


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["fact"]: row for row in read_table("figures_told_again.csv")}


_WORDINGS = Wordings(lambda: ((fact, row["wording"]) for fact, row in _rows().items()))
