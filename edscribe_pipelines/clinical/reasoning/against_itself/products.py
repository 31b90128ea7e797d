"""Doses told with their factors, which do not make the product: per kilogram, by tablets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import weight_kg
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings

_FIGURE = r"\d{1,3}(?:,\d{3})+|\d{1,5}(?:\.\d{1,2})?"
_UNIT = r"(?P<unit>mg|mcg|g|units?|mL|mEq)"
_PER_KG = re.compile(
    rf"(?<![\d,.])(?P<per>{_FIGURE})[ ]?{_UNIT}/kg(?![ ]?/)(?:[ ](?:IV|PO|IM|load|bolus))*[ ]?(?:=|\(=?|,|is)[ ]?"
    rf"(?P<total>{_FIGURE})[ ]?(?P=unit)\b(?![ ]?/)",
    re.I,
)
_OF_KG = re.compile(
    rf"(?<![\d,.])(?P<total>{_FIGURE})[ ]?{_UNIT}(?![ ]?/)(?:[ ](?:IV|PO|IM|bolus|once|push|x1))*[ ]\("
    rf"(?P<per>{_FIGURE})[ ]?(?P=unit)/kg(?![ ]?/)",
    re.I,
)
_TABLETS = re.compile(
    r"(?P<count>\d{1,3}) (?:tablets?|tabs?|pills?|capsules?)\b[^.;\n]{0,40}?"
    r"(?P<each>\d{1,4}) ?mg\b[^.;\n(]{0,30}\((?P<grams>\d{1,3}(?:\.\d)?) ?g\b",
    re.I,
)
_TOTALLED = Wordings(
    lambda: (("total", r"\b(?:tablets?|tabs?|pills?|capsules?)\b[^.;\n]{0,80}?\(\d{1,3}(?:\.\d)? ?g\b"),)
)
_CAPPED = re.compile(r"\b(?:max\w*|cap(?:ped)?|ideal|IBW|adjusted|lean|rounded)\b", re.I)
_OFF = 0.15
"""Doses are rounded to what can be drawn up."""


def products_that_do_not_fit(note: ParsedNote) -> Iterator[TwoWays]:
    yield from _per_kilogram(note)
    for match in _TABLETS.finditer(note.text) if _TOTALLED.matches_in(note) else ():
        told = 1000 * float(match["grams"])
        if _is_off(int(match["count"]) * int(match["each"]), told):
            yield TwoWays(
                "product", "warning", match.span(), match.span(), "Tablets and strength do not make the total."
            )


def _per_kilogram(note: ParsedNote) -> Iterator[TwoWays]:
    weight = note.of(weight_kg) if "/kg" in note.text else None
    if weight is None:
        return
    for pattern in (_PER_KG, _OF_KG):
        for match in pattern.finditer(note.text):
            sentence = note.sentence_at(match.start())
            per, total = (float(match[name].replace(",", "")) for name in ("per", "total"))
            if _is_off(per * weight, total) and not _CAPPED.search(note.text, sentence.start, sentence.end):
                yield TwoWays(
                    "product", "warning", match.span(), match.span(), "Not this dose per kilogram at this weight."
                )
                return


def _is_off(made: float, told: float) -> bool:
    return abs(made - told) > _OFF * max(made, told)
