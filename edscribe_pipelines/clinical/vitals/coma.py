"""The Glasgow Coma Scale as notes write it: a total, its three responses, or both; "10T" of an intubated patient."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.vitals.stated import Stated

TOTAL = re.compile(
    r"(?P<value>\d{1,2})(?:(?P<tube>[ ]?T\b)|(?![\dT]|\.\d|[-/]\d[-/]\d|[ \t]?(?i:days?|hours?|minutes?|min)\b))"
)
_APART = r"[ \t]*[,;/+-]?[ \t]*"
RESPONSES = re.compile(
    rf"(?P<eye>\d)(?!\d){_APART}V[ \t]*(?P<verbal>\d|T)(?!\d)[ \t]*(?:T\b)?{_APART}M[ \t]*(?P<motor>\d)(?!\d)", re.I
)
BARE_RESPONSES = re.compile(r"(?P<eye>\d)[-/,](?P<verbal>\d|T)[-/,](?P<motor>\d)(?![\d/-])")
_TOTAL_BEHIND = re.compile(r"[ \t]*(?:=|\(|,?[ \t]*total(?:[ \t]of)?)[ \t]*(?P<total>\d{1,2})(?!\d|[ ]?T\b)", re.I)
_TOTAL_BEFORE = re.compile(r"\d[ \t]?T?[ \t]{0,2}[(\[,;:=-]?[ \t]{0,2}E?$")


def read_total(match: re.Match[str]) -> Iterator[Stated]:
    field = "gcs_intubated" if match["tube"] else "gcs_total"
    yield Stated(field, float(match["value"]), *match.span(), "value")


def read_responses(text: str, match: re.Match[str]) -> Iterator[Stated]:
    """Yield the responses, without the verbal one of an intubated patient, and their total: the one that is written
    behind them, or their sum where none is written."""
    said = {part: match[part] for part in ("eye", "verbal", "motor") if match[part] not in "Tt"}
    for part, points in said.items():
        yield Stated(f"gcs_{part}", float(points), *match.span(), "value")
    if total := _TOTAL_BEHIND.match(text, match.end()):
        yield Stated("gcs_total", float(total["total"]), *total.span("total"), "value")
    elif len(said) == 3 and not _TOTAL_BEFORE.search(text, max(0, match.start() - 8), match.start()):
        yield Stated("gcs_total", float(sum(map(int, said.values()))), *match.span(), "sum")
