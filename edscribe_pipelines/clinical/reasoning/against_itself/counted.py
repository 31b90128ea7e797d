"""A score of one point an item that does not count the items told behind it: "Kocher 2/4 (fever, NWB, ESR 58, WBC 17)".

Scores are rows of `tables/counted_scores.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.findings import cited
from edscribe_pipelines.tables import read_table, table_cache

_COUNT = re.compile(
    r"(?:[ ](?:score|criteria|signs?))*(?:[ ](?:of|is|was)|:|=)?[ ](?P<count>\d)(?:[ ]?(?:/|of|out of)[ ]?(?P<all>\d))?"
    r"(?:[ ](?:points?|criteria|signs?|met|positive))*[ ]?(?P<open>\(|:[ ]|-[ ]|"
    r"=[ ])(?P<items>[^().;:\n]*(?:\.\d[^().;:\n]*)*)"
)
_ITEM = re.compile(r",(?!\d)|\band\b|\+[ ]|;")
_LACKS = re.compile(
    r"[ ]*(?:no|not|neg\w*|without|absent|none|normal|denies|afebrile|nil|0|never)\b|.*\b(?:0|no|absent|"
    r"negative|neg|none)[ ]*$",
    re.I,
)
_POINTS = re.compile(r"[ =]\+?\d[ ]*$")
_FEWEST = 2


def items_against_count(note: ParsedNote) -> Iterator[TwoWays]:
    for name, match in _SCORES.matches_in(note):
        told = _COUNT.match(note.text, match.end())
        items = [each for each in _ITEM.split(told["items"]) if each.strip()] if told else []
        if not told or len(items) < _FEWEST or (told["all"] and len(items) > int(told["all"])):
            continue
        if told["open"] == "(" and note.text[told.end() : told.end() + 1] != ")":
            continue
        present = sum(not _LACKS.match(item) for item in items)
        row = _rows()[name]
        is_listed_whole = present > int(told["count"]) or present == len(items)
        if present != int(told["count"]) and is_listed_whole and not any(_POINTS.search(item) for item in items[:1]):
            reason = f"{name}: the count is not that of the items told as present."
            yield TwoWays(
                "score", "warning", (match.start(), told.end("count")), told.span("items"), reason, cited(row)
            )


@table_cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["score"]: row for row in read_table("counted_scores.csv")}


_SCORES = Wordings(lambda: ((name, row["wording"]) for name, row in _rows().items()))
