"""Lines of vital signs: labels of a letter or two ("P104 R18"), or no labels at all ("98.6, 88, 142/81, 16, 99%").

Without labels only the customary orders are read, and only where each value's form or size tells what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.patterns.spellings import in_small_ascii
from edscribe_pipelines.clinical.vitals.labels import labels_of_lines
from edscribe_pipelines.clinical.vitals.stated import Stated
from edscribe_pipelines.clinical.vitals.values import in_unit
from edscribe_pipelines.tables import table_cache

_LONGEST = 400
"""Longer lines are prose."""
_NUMBER_OF = {
    "heart_rate_bpm": r"\d{2,3}",
    "respiratory_rate_bpm": r"\d{1,2}",
    "spo2_pct": r"\d{2,3}(?=[ \t]?%)",
    "temperature_degf": r"\d{2,3}(?:\.\d{1,2})?(?=[ \t]?°?(?P<unit>[cf]\b)?)",
}
_NOT_ANOTHER_QUANTITY = r"(?![\d.]*[/:]?\d|[ \t]?(?:kg|mg|mcg|l|g|gauge)\b|\+)"
_SEPARATED = r"[ \t]*[,;][ \t]*|[ \t]+"
_IN_ABBREVIATION = re.compile(r"[A-Za-z]\.$")
"""The P of "U.O.P"."""
_OF_A_SIDE = re.compile(r"\bL[ \t]?\d{1,3}[^,;]{0,12}[,;][ \t]*$")
"""The R of "SLR L 40, R 80"."""
_TEMPERATURE = re.compile(rf"(?P<value>\d{{2,3}}\.\d)(?:[ ]?°?[ ]?(?P<unit>[CF])\b)?(?:{_SEPARATED})(?=\d)")
_RATE, _PAIR, _BREATHS, _PERCENT = (
    r"(?P<h>\d{2,3})",
    r"(?P<s>\d{2,3})/(?P<d>\d{2,3})",
    r"(?P<r>\d{1,2})",
    r"(?P<o>\d{2,3})",
)
_ORDERS = [
    re.compile(rf"(?:{_SEPARATED})".join((*order, rf"{_PERCENT}(?![\d.])[ ]?%?")))
    for order in ((_RATE, _PAIR, _BREATHS), (_PAIR, _RATE, _BREATHS), (_RATE, _BREATHS, _PAIR))
]


def values_in_line(text: str, start: int, end: int) -> Iterator[Stated]:
    """Yield what the line text[start:end] states in short labels or without any."""
    if end - start > _LONGEST:
        return
    for match in _short_labels().finditer(" " + in_small_ascii(text[start:end])):
        field = match.lastgroup or ""
        if _IN_ABBREVIATION.search(text, start, start + match.start(field) - 1) or _OF_A_SIDE.search(
            text, start, start + match.start(field) - 1
        ):
            continue
        value = in_unit(field, match[f"{field}_value"], match["unit"])
        yield Stated(field, value, start + match.start(field) - 1, start + match.end() - 1, "value")
    for temperature in _TEMPERATURE.finditer(text, start, end):
        yield from _unlabelled(text, temperature)


@table_cache
def _short_labels() -> re.Pattern[str]:
    """Begins with the character before the label: such a set is searched for several times faster than a look-back."""
    return re.compile(
        "[^a-z0-9](?:"
        + "|".join(
            rf"(?P<{field}>(?:{labels.lower()})[ \t:=]*(?P<{field}_value>{_NUMBER_OF[field]}))"
            for field, labels in labels_of_lines().items()
        )
        + f"){_NOT_ANOTHER_QUANTITY}"
    )


def _unlabelled(text: str, temperature: re.Match[str]) -> Iterator[Stated]:
    """Yield the values that follow a temperature in a customary order; a heart rate not above the respiratory rate
    may mean another one."""
    match = next(filter(None, (order.match(text, temperature.end()) for order in _ORDERS)), None)
    if match is None or int(match["h"]) <= int(match["r"]):
        return
    degrees = in_unit("temperature_degf", temperature["value"], temperature["unit"])
    yield Stated("temperature_degf", degrees, *temperature.span("value"), "value")
    yield Stated("sbp_mmhg", float(match["s"]), match.start("s"), match.end("d"), "value")
    yield Stated("dbp_mmhg", float(match["d"]), match.start("s"), match.end("d"), "value")
    for field, group in (("heart_rate_bpm", "h"), ("respiratory_rate_bpm", "r"), ("spo2_pct", "o")):
        yield Stated(field, float(match[group]), *match.span(group), "value")
