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
_ITEMS = re.compile(r"[ ]*(?:\((?P<items>[^()]{6,160})\)|[:,-][ ](?P<listed>(?:[^().;\n]|\.5){6,160})(?=[.;\n]|$))")
_ITEM = re.compile(
    r"[ ]*(?:[A-Za-z][^,;]*[ =+](?P<points>-?\d{1,2}(?:\.5)?)|(?-i:[A-Z])(?P<letter>\d)"
    r"|(?:and[ ])?(?P<first>\d|one|two|three)[ ](?:points?[ ])?(?:for|from)[ ][a-z ]+)[ ]*$",
    re.I,
)
_BETWEEN = re.compile(r"[,;]|\band\b|[ ](?=(?-i:[A-Z])\d\b)")
_WORDS = {"one": 1.0, "two": 2.0, "three": 3.0}
_MOST_POINTS = 6
"""Of one item; a larger figure is a measure."""
_FEWEST_ITEMS, _FEWEST_OF_MANY = 2, 4
_OF_MANY_ITEMS = {"NIHSS", "CIWA-Ar", "COWS", "SOFA"}
"""Of which the worst may be told alone."""


def scores_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    stated = [score for score in note.of(stated_scores) if score.value is not None]
    for score in stated:
        items = _items_of(note.text, score)
        if items and items[0] != score.value:
            reason = f"The items of {score.score.name} do not add up to the score that is told."
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


def _items_of(text: str, said: StatedScore) -> tuple[float, tuple[int, int]] | None:
    """Return the sum of the items in brackets or behind a colon right behind the score, with their place."""
    behind = _ITEMS.match(text, said.end)
    if not behind:
        return None
    name = "items" if behind["items"] else "listed"
    items = [_ITEM.match(each) for each in _BETWEEN.split(behind[name]) if each.strip()]
    points = [_points(item) for item in items if item]
    fewest = _FEWEST_OF_MANY if said.score.name in _OF_MANY_ITEMS else _FEWEST_ITEMS
    if len(points) < max(fewest, len(items)) or max(points) > _MOST_POINTS:
        return None
    return sum(points), behind.span(name)


def _points(item: re.Match[str]) -> float:
    figure = (item["points"] or item["letter"] or item["first"]).lower()
    return _WORDS.get(figure) or float(figure)
