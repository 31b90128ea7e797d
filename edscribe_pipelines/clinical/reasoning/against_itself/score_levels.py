"""A score that is not called what its value means: "HEART 7, low risk". Rows of `tables/score_levels.csv`, with room."""

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
    r"(?:[ ]?[:=]|[ ](?:of|is|was|score|at))*[ ]?\(?(?P<value>-?\d{1,2}(?:\.[05])?)(?:[ ]?/[ ]?\d{1,2})?(?![\d.:]*\d|[ ]?(?:-|to)[ ]?\d)\)?"
)
_JOINED = r"[ ]?(?:points?|for (?:PE|DVT))?[ ]?(?:[,(:;=–-]|->|→|[ ](?:is|was|means|so|and|for))?[ ]?(?:a |an |thus |therefore |at |hence )?"
_LED = r"(?:[ ](?:risk|probability|croup|withdrawal|stroke|pneumonia|TBI|injury|likelihood|by|per|on|with|a|of|the|disease|cirrhosis))*[ ,(:]*$"
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
        value = _VALUE.match(note.text, match.end())
        for level in _levels()[score]:
            if value:
                word = level.behind.match(note.text, value.end()) or level.before.search(
                    note.text, max(0, match.start() - _REACH), match.start()
                )
                told = value
            else:
                word = told = level.named_first.match(note.text, match.end())
            if not word or not told or note.context(*match.span()) & {"hypothetical", "family"}:
                continue
            place = word.span("called")
            is_other = _NOT_SO.search(note.text, max(0, place[0] - 8), place[0]) or _OF_ANOTHER.match(note.text, place[1])
            if not is_other and not level.lowest <= float(told["value"]) <= level.highest:
                reason = f"{score} of this value is not called so."
                yield TwoWays("score", "warning", (match.start(), told.end("value")), place, reason, level.citation)
                break


@table_cache
def _levels() -> dict[str, list[_Level]]:
    levels: dict[str, list[_Level]] = {}
    for row in read_table("score_levels.csv"):
        called = rf"(?P<called>\b(?:{row['called']})\b)"
        level = _Level(
            re.compile(_JOINED + called, re.I),
            re.compile(called + _LED, re.I),
            re.compile(rf"[ ,:]{{1,2}}(?:is |was )?{called}(?:[ ]risk)?(?:[ ](?:at|with|of))?[ ]?[(,:]?[ ]?(?P<value>\d{{1,2}})\b(?!\.\d|[/:\d]|[ ]?%)", re.I),
            float(row["lowest"]),
            float(row["highest"]),
            cited(row),
        )
        levels.setdefault(row["score"], []).append(level)
    return levels


def _scores() -> dict[str, str]:
    return {row["score"]: f"(?-i:{row['wording']})" for row in read_table("score_levels.csv")}


_WORDINGS = Wordings(lambda: _scores().items())
