"""A risk score that a note tells with two values, or with items that do not add up to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.risk_scores import StatedScore, stated_scores

_MEASURED_AGAIN = {"NIHSS", "CIWA", "CIWA-Ar", "COWS", "SIRS", "qSOFA", "SOFA", "HINTS", "PERC", "Wells", "Wells PE"}
"""Scores of a state, which changes, and those of which there are two (Wells)."""
_ITEMS = re.compile(r"[ ]*\((?P<items>[^()]{6,160})\)")
_ITEM = re.compile(r"[A-Za-z][^,;]*[ =](?P<points>-?\d{1,2})[ ]*$")
_FEWEST_ITEMS = 3


def scores_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    stated = [score for score in note.of(stated_scores) if score.value is not None]
    for score in stated:
        items = _items_of(note.text, score)
        if items and items[0] != score.value:
            reason = f"The items of {score.score.name} add up to {items[0]:g}, the score is told as {score.value:g}."
            yield TwoWays("score", "warning", (score.start, score.end), items[1], reason)
    compared = sorted((each for each in stated if _is_compared(note, each)), key=lambda each: each.score.name)
    for name, group in groupby(compared, key=lambda each: each.score.name):
        first, *others = group
        other = next((each for each in others if each.value != first.value), None)
        if other:
            places = (first.start, first.end), (other.start, other.end)
            yield TwoWays("score", "warning", *places, f"{name} is told with two values.")


def _is_compared(note: ParsedNote, said: StatedScore) -> bool:
    place = said.start, said.end
    if said.score.name in _MEASURED_AGAIN or note.context(*place) & NOT_TODAYS or is_explained(note, place):
        return False
    return not re.match(r"[ ]*(?:or|to|[-–<>+])", note.text[said.end : said.end + 4])


def _items_of(text: str, said: StatedScore) -> tuple[int, tuple[int, int]] | None:
    """Return the sum of the items in brackets right behind the score, with their place."""
    behind = _ITEMS.match(text, said.end)
    items = [_ITEM.search(each) for each in re.split(r"[,;]", behind["items"])] if behind else []
    if not behind or len(items) < _FEWEST_ITEMS or not all(items):
        return None
    return sum(int(item["points"]) for item in items if item), behind.span("items")
