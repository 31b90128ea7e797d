"""Age and sex of the patient, where a note states them."""

from __future__ import annotations

import re
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.age import stated_ages
from edscribe_pipelines.clinical.reading.parsed_note import parse_note


class Who(NamedTuple):
    age_years: int | None
    sex: str | None


_SEX_FIELD = re.compile(
    r"\b(?:sex|gender)[ \t]*:[ \t]*(?:(?P<F>(?:woman|female|lady|girl|f)\b)|(?P<M>(?:man|male|gentleman|boy|m)\b))",
    re.I,
)


def who(note: str) -> Who:
    """Return what is stated first, in whole years; the sex is that of a statement with this age, or of a field of its
    own."""
    stated = [(int(age.years), age.sex) for age in parse_note(note).of(stated_ages)]
    age_years = stated[0][0] if stated else None
    sexes = [sex for years, sex in stated if years == age_years and sex]
    field = None if sexes else _SEX_FIELD.search(note)
    return Who(age_years, sexes[0] if sexes else field and field.lastgroup)
