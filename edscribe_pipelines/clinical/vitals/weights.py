"""A weight in the wrong unit: pounds for kilograms leave an adult of a child's weight, and a child of a baby's."""

from __future__ import annotations

from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.weight import StatedWeight, stated_weights
from edscribe_pipelines.clinical.records import Finding

_LIGHTEST_IN_POUNDS_KG = 43.0
"""Few adults weigh less than 95 lb; many weigh as many kilograms (NHANES 2018; judgement)."""
_GROWN = 14
_LEAST_SHARE, _MOST_SHARE = 0.6, 2.0
_CITATION = "Weight by age, Advanced Paediatric Life Support, 6th ed. (2016); shares by judgement"


def unlikely_weights(note: ParsedNote, age_years: float | None) -> Iterator[Finding]:
    """Yield a warning for each stated weight that its unit makes unlikely at the patient's age."""
    for weight in stated_weights(note):
        if _is_unlikely(weight, age_years):
            yield Finding(
                rule="vital.weight_kg.unlikely",
                severity="warning",
                section=None,
                start=weight.start,
                end=weight.end,
                message=f"{weight.kg:g} kg is unlikely at this age: in which unit was it measured?",
                citation=_CITATION,
            )


def _is_unlikely(weight: StatedWeight, age_years: float | None) -> bool:
    if age_years is None or age_years >= _GROWN:
        return weight.is_in_pounds and weight.kg < _LIGHTEST_IN_POUNDS_KG
    usual = _usual_kg(age_years)
    return weight.kg < _LEAST_SHARE * usual or weight.kg > _MOST_SHARE * usual


def _usual_kg(age_years: float) -> float:
    """Return the usual weight of an age: half a month's number and four in the first year, then two a year and eight,
    three and seven from the sixth on."""
    if age_years < 1:
        return 6 * age_years + 4
    return 2 * age_years + 8 if age_years < 6 else 3 * age_years + 7
