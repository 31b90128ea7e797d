"""Dates moved by a number of days that only the patient's key knows; intervals stay as they were.

Not Safe Harbor, which lets no element of a date but its year out: Expert Determination, 45 CFR 164.514(b)(1).
"""

from __future__ import annotations

from typing import ClassVar

from edscribe_pipelines.deidentify.finding.spans import tag
from edscribe_pipelines.deidentify.replacing.dates import moved, read_dates
from edscribe_pipelines.deidentify.replacing.draws import Draw

_MOST_DAYS = 365


class DateShift:
    """Moves a patient's dates. `this_year` stands in for a year that a date leaves out."""

    invents: ClassVar[bool] = True

    def __init__(self, key: bytes, patient_key: str, this_year: int) -> None:
        step = Draw(key, "date shift", patient_key).below(2 * _MOST_DAYS) - _MOST_DAYS
        self.days = step if step < 0 else step + 1
        self.this_year = this_year

    def write(self, value: str, span_type: str) -> str:
        """Return the date moved, in its own format; a tag if it cannot be read (a weekday, a holiday)."""
        return self.moved(value) or tag(span_type)

    def moved(self, value: str) -> str:
        """Return the date moved; "" if it cannot be."""
        dates = read_dates(value)
        try:
            return moved(value, dates, self.days, self.this_year) if dates else ""
        except (OverflowError, ValueError):
            return ""
