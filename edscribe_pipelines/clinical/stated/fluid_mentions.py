"""Intravenous fluids that a note says were given or ordered, in mL: `tables/fluids.csv` names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.mentions import DoseMention
from edscribe_pipelines.tables import read_table, table_cache

_VOLUME = (
    r"(?<![\d.,/])(?P<amount>\d{1,2}(?:\.\d+)?|\d{3,4}|\d,\d{3})[ \t-]?(?:(?P<litre>L|liters?|litres?)|mLs?|ccs?)\b"
    r"(?![ \t]?/|[ \t]+(?:per|an|O2|oxygen)\b)"
)
_FILLER = (
    r"(?:[ \t]+(?:bolus|boluses|of|IV|IVF|warm(?:ed)?|intravenous|fluids?|infusion|crystalloid)|[ \t]*[(,])*[ \t]*"
)
_COUNT = r"(?:[ \t]*(?:IV|bolus(?:es)?)[ \t]*)*(?:[ \t]*[x×][ \t]?(?P<count>\d)\b)?"


def fluid_mentions(note: str) -> Iterator[DoseMention]:
    """Yield the volumes beside a fluid's name; 1 L is 1000 mL."""
    for match in _fluids().finditer(note):
        amount = float((match["amount"] or match["amount2"]).replace(",", ""))
        litres = match["litre"] or match["litre2"]
        yield DoseMention(
            drug=_names()[" ".join((match["fluid"] or match["fluid2"]).casefold().split())],
            amount=amount * 1000 if litres else amount,
            unit="mL",
            times=int(match["count"] or 1),
            is_total=False,
            route="IV",
            start=match.start(),
            end=match.end(),
        )


@table_cache
def _names() -> dict[str, str]:
    rows = read_table("fluids.csv")
    return {name.casefold(): row["fluid"] for row in rows for name in (row["fluid"], *row["synonyms"].split(";"))}


@table_cache
def _fluids() -> re.Pattern[str]:
    names = "|".join(re.escape(name).replace(r"\ ", r"[ \t]+") for name in sorted(_names(), key=len, reverse=True))
    second = _VOLUME.replace("<amount>", "<amount2>").replace("<litre>", "<litre2>")
    return re.compile(
        rf"(?:{_VOLUME}{_FILLER}\b(?P<fluid>{names})(?![\w'])|(?<![\w'])(?P<fluid2>{names}){_FILLER}{second}){_COUNT}",
        re.I,
    )
