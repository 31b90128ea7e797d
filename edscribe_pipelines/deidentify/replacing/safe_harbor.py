"""What Safe Harbor lets out of a span: the year of a date, "90+", the first three digits of a ZIP code.

Source: 45 CFR 164.514(b)(2)(i)(B) and (C). A year that tells an age over 89 must go, and which year does
depends on the note: see `Years`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from edscribe_pipelines.deidentify.finding.spans import tag
from edscribe_pipelines.deidentify.replacing.dates import read_dates
from edscribe_pipelines.deidentify.tables import FOLDER
from edscribe_pipelines.tables import read_table

OVER_89 = "90+"
"""The one class of ages that may be told, 45 CFR 164.514(b)(2)(i)(C)."""

THIS_YEAR = 2026
"""The earliest that a note can be read: an age counts from here if nothing in the note is later."""

_OLDEST_YEARS = 89
_OLDEST_YEARS_OF_THE_AGED = 80
"""Where a note tells an age over 89, a birth year some years off (a typo, a birthday to come) must go too."""

_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?:(?!\d)|(?=[01]\d[0-3]\d(?!\d)))")
_US_ZIP = re.compile(r"(\d{3})\d\d(?:-?\d{4})?")
_IN_WORDS = re.compile(r"(?i)ninet|hundred|nonagenarian|centenarian")


@dataclass(frozen=True)
class Years:
    """Which years a note may keep. `reference` is the latest year that its ages may count from."""

    reference: int = THIS_YEAR
    arrival: int | None = None
    tells_age_over_89: bool = False

    @classmethod
    def of_note(cls, values: Iterable[tuple[str, str]], arrival: int | None) -> Years:
        """Return the years of a note with these values and their types."""
        reference, is_aged = max(THIS_YEAR, arrival or 0), False
        for value, span_type in values:
            if span_type == "DATE":
                reference = max([reference, *map(int, _YEAR.findall(value))])
            elif span_type == "AGE" and _may_be_over_89(value):
                is_aged = True
        return cls(reference, arrival, is_aged)

    def kept(self, value: str) -> list[str]:
        """Return the years that a date names and may keep.

        A year of two digits is the latest that is not after the arrival; where the note tells an age over 89 it
        could be the birth year of that person as well, and goes.
        """
        dates = read_dates(value)
        if not dates:
            return [year for year in _YEAR.findall(value) if self._may_stay(int(year))]
        years = [self._widened(date.year) if date.has_short_year else date.year for date in dates]
        return [str(year) for year in years if year is not None and self._may_stay(year)]

    def _widened(self, short: int | None) -> int | None:
        if short is None or self.tells_age_over_89:
            return None
        return short + 100 * (((self.arrival or self.reference) - short) // 100)

    def _may_stay(self, year: int) -> bool:
        oldest = _OLDEST_YEARS_OF_THE_AGED if self.tells_age_over_89 else _OLDEST_YEARS
        return year >= self.reference - oldest


@dataclass(frozen=True)
class SafeHarbor:
    """Writes a tag for a span, with what may be told of it; without brackets round years if `is_plain`."""

    invents: ClassVar[bool] = False

    years: Years = Years()
    is_plain: bool = False

    def write(self, value: str, span_type: str) -> str:
        if span_type == "DATE":
            return self._date(value)
        if span_type == "AGE":
            return OVER_89 if is_over_89(value) else tag(span_type)
        if span_type == "ZIP":
            prefix = zip3(value)
            return tag(f"ZIP {prefix}" if prefix else "ZIP")
        return tag(span_type)

    def _date(self, value: str) -> str:
        years = "-".join(dict.fromkeys(self.years.kept(value)))
        if not years:
            return tag("DATE")
        return years if self.is_plain else tag(f"DATE {years}")


def is_over_89(age: str) -> bool:
    """Whether `age` says so in digits or words; a recognizer of somebody's own may find other ages."""
    return any(number >= 90 for number in _numbers(age)) or _IN_WORDS.search(age) is not None


def _may_be_over_89(age: str) -> bool:
    return is_over_89(age) or not _numbers(age)


def _numbers(age: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"[0-9]{1,4}", age)]


def zip3(value: str) -> str:
    """Return the three digits that may be told of a ZIP code: 000 where few live; "" if it is no US ZIP code."""
    match = _US_ZIP.fullmatch(value)
    return _written_prefixes().get(match[1], match[1]) if match and match[0].isascii() else ""


@cache
def _written_prefixes() -> dict[str, str]:
    return {row["prefix"]: row["written"] for row in read_table("zip3_restricted.csv", FOLDER)}
