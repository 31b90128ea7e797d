"""Doses whose amount is not what the note calculates: "150 mg/kg = 19,800 mg" of a patient of 60 kg, "10 mg (20 mL of
5 mg/mL)".

More than the weight makes is an error in one of the three figures, far more blocks. Less may be a cap, an ideal weight
or a rounding, and warns only where it is under a half and the sentence gives no such reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.mentions import DoseMention, dose_mentions
from edscribe_pipelines.clinical.medications.numbers import number
from edscribe_pipelines.clinical.medications.quantities import in_base
from edscribe_pipelines.clinical.medications.units import unit_named, units_pattern
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import child_weight_kg, weight_kg
from edscribe_pipelines.tables import table_cache

_BETWEEN = re.compile(
    r"[ \t]*(?:(?:IV|IM|PO|SC|IN|IO|push|bolus|load(?:ing)?|dose|total|x1)\b[ \t]*)*"
    r"(?:[x×*][ \t]?(?P<kg>\d{2,3}(?:\.\d)?)[ \t]?kg[ \t]*)?(?:=|≈|~|:|\(|,|→|->|is\b|or\b|i\.e\.)[ \t]*"
    r"(?:(?:total|dose|of|about|approx\w*\.?|a|=)[ \t]*)*",
    re.I,
)
_ACCOUNTS_FOR_LESS = re.compile(
    r"\b(?:max\w*|cap(?:ped)?|ideal|IBW|adjusted|AdjBW|lean|rounded|reduced|half|renal\w*|CrCl|first|split|of which)\b",
    re.I,
)
_STATUSES = {"ed", "elsewhere", "discharge", "home"}
_ROUNDING = 1.25
_SURELY = 1.5
_HALF = 0.5
_BEHIND = 60
"""Characters behind a dose within which its volume may stand."""


class Miscalculated(NamedTuple):
    """A dose, and by which factor it is off what the weight makes of the dose per kg beside it."""

    dose: DoseMention
    factor: float

    @property
    def blocks(self) -> bool:
        return self.factor >= _SURELY


def miscalculated_doses(note: ParsedNote) -> Iterator[Miscalculated]:
    """Yield the amounts that do not follow from their volume, or from the dose per kg beside them and the weight."""
    for dose in note.of(dose_mentions):
        factor = _by_volume(note, dose)
        if dose.status in _STATUSES and not 1 / _ROUNDING <= factor <= _ROUNDING:
            yield Miscalculated(dose, max(factor, 1 / factor))
    for first, second in pairwise(note.of(dose_mentions)):
        by_weight, dose = (first, second) if first.per == "kg" else (second, first)
        if by_weight.per != "kg" or dose.per is not None or first.drug != second.drug or dose.status not in _STATUSES:
            continue
        between = _BETWEEN.fullmatch(note.text, first.end, second.start)
        weight = _weight(note, between)
        if between is None or weight is None:
            continue
        factor = _factor(by_weight, dose, weight)
        if factor > _ROUNDING or (factor < _HALF and not _is_accounted_for(note, dose)):
            yield Miscalculated(dose, factor)


def _by_volume(note: ParsedNote, dose: DoseMention) -> float:
    """Return the volume behind the dose, as what is in it, as a multiple of the dose; 1 where none is told."""
    said = _volume().search(note.text, dose.start, dose.end + _BEHIND)
    if said is None or dose.per is not None or not _is_of(note, dose, said.start()):
        return 1.0
    volume, content, of = (number(said[name] or "1") or 0 for name in ("volume", "content", "of"))
    inside = in_base(content, unit_named(said["unit"]))
    if not (volume and of and dose.quantity.value) or inside.unit != dose.quantity.unit:
        return 1.0
    return volume * inside.value / of / dose.quantity.value


def _is_of(note: ParsedNote, dose: DoseMention, place: int) -> bool:
    """Whether what stands at `place` still speaks of the dose: no bracket closed between, no other drug named."""
    between = [each for each in note.of(dose_mentions) if dose.start < each.start < place]
    return ")" not in note.text[dose.end : place] and all(each.drug == dose.drug for each in between)


@table_cache
def _volume() -> re.Pattern[str]:
    return re.compile(
        r"[(,=][ \t]*(?P<volume>\d[\d.,]*)[ \t]?(?:mL|cc)"
        r"[ \t]*(?:of|@|at)[ \t]*"
        rf"(?P<content>\d[\d.,]*)[ \t]?(?P<unit>{units_pattern()})"
        r"[ \t]?(?:/|per|in)[ \t]?(?P<of>\d[\d.,]*)?[ \t]?(?:mL|cc)\b",
        re.I,
    )


def _weight(note: ParsedNote, between: re.Match[str] | None) -> float | None:
    """Return the weight that the calculation names, else the note's."""
    return float(between["kg"]) if between and between["kg"] else note.of(weight_kg) or note.of(child_weight_kg)


def _factor(by_weight: DoseMention, dose: DoseMention, weight: float) -> float:
    """Return the amount as a multiple of what the weight makes; 1 where it lies in their range or no unit is shared."""
    if in_base(1, by_weight.unit).unit != in_base(1, dose.unit).unit:
        return 1.0
    low, high = (
        in_base(each, by_weight.unit).value * weight for each in (by_weight.low or by_weight.amount, by_weight.amount)
    )
    amount = dose.quantity.value
    least = in_base(dose.low or dose.amount, dose.unit).value
    return least / high if least > high else amount / low if amount < low else 1.0


def _is_accounted_for(note: ParsedNote, dose: DoseMention) -> bool:
    sentence = note.sentence_at(dose.start)
    return _ACCOUNTS_FOR_LESS.search(note.text, sentence.start, sentence.end) is not None
