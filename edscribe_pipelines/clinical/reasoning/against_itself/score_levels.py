"""A score that is not called what its value means ("HEART 7, low risk"): rows of `tables/score_levels.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.tables import read_table, table_cache

_VALUE = re.compile(
    r"(?:[ ]?[:=]|[ ](?:of|is|was|score|"
    r"at))*[ ]?\(?(?P<value>-?\d{1,2}(?:\.[05])?)(?:[ ]?/[ ]?\d{1,2})?(?![\d.:]*\d|[ ]?(?:-|to)[ ]?\d)\)?"
)
_JOINED = (
    r"[ ]?(?:points?|for (?:PE|DVT))?[ ]?(?:[,(:;=–-]|->|→|[ ](?:is|was|means|so|and|for))?[ ]?(?:a |an "
    r"|thus |therefore |at |hence )?"
)
_LED = (
    r"(?:[ ](?:risk|probability|croup|withdrawal|stroke|pneumonia|TBI|injury|likelihood|by|per|on|with|a|"
    r"of|the|disease|cirrhosis))*[ ,(:]*$"
)
_NOT_SO = re.compile(r"\b(?:not|no|non|isn't|never|than|if|or)[ -]$", re.I)
_OF_ANOTHER = re.compile(r"[- ](?:threshold|suspicion|dose|flow|grade|oxygen|blood|pressure|output|back)", re.I)
_REACH = 44


class _Level(NamedTuple):
    behind: re.Pattern[str]
    before: re.Pattern[str]
    named_first: re.Pattern[str]
    lowest: float
    highest: float
    citation: str


def scores_called_otherwise(note: ParsedNote) -> Iterator[TwoWays]:
    for score, match in _WORDINGS.matches_in(note):
        for level in _levels()[score]:
            told = _called(note.text, match, level)
            if told and not note.context(*match.span()) & {"hypothetical", "family"}:
                value, called = told
                if not level.lowest <= float(value["value"]) <= level.highest:
                    place = match.start(), value.end("value")
                    reason = f"{score} of this value is not called so."
                    yield TwoWays("score", "warning", place, called.span("called"), reason, level.citation)
                    break


def _called(text: str, score: re.Match[str], level: _Level) -> tuple[re.Match[str], re.Match[str]] | None:
    """Return the value of the score and what it is called, of this level."""
    value = _VALUE.match(text, score.end())
    if value:
        before = max(0, score.start() - _REACH)
        word = level.behind.match(text, value.end()) or level.before.search(text, before, score.start())
    else:
        value = word = level.named_first.match(text, score.end())
    if not value or not word:
        return None
    start, end = word.span("called")
    is_other = _NOT_SO.search(text, max(0, start - 8), start) or _OF_ANOTHER.match(text, end)
    return None if is_other else (value, word)


@table_cache
def _levels() -> dict[str, list[_Level]]:
    levels: dict[str, list[_Level]] = {}
    for row in read_table("score_levels.csv"):
        called = rf"(?P<called>\b(?:{row['called']})\b)"
        level = _Level(
            re.compile(_JOINED + called, re.I),
            re.compile(called + _LED, re.I),
            re.compile(
                rf"[ ,:]{{1,2}}(?:is |was )?{called}(?:[ ]risk)?(?:[ ](?:at|with|"
                rf"of))?[ ]?[(,:]?[ ]?(?P<value>\d{{1,2}})\b(?!\.\d|[/:\d]|[ ]?%)",
                re.I,
            ),
            float(row["lowest"]),
            float(row["highest"]),
            cited(row),
        )
        levels.setdefault(row["score"], []).append(level)
    return levels


def _scores() -> dict[str, str]:
    return {row["score"]: f"(?-i:{row['wording']})" for row in read_table("score_levels.csv")}


_WORDINGS = Wordings(lambda: _scores().items())
