"""The unit that stands behind a number, in one spelling."""

from __future__ import annotations

import re

_WRITTEN = {
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks wk wks",
    "month": "month months mo",
    "year": "year years yr yrs yo y",
    "mg": "mg mgs milligram milligrams",
    "mcg": "mcg mcgs ug µg μg microgram micrograms",
    "g": "g gm gms gram grams",
    "units": "unit units iu",
    "meq": "meq meqs",
    "ml": "ml mls cc ccs milliliter milliliters",
    "l": "l liter liters litre litres",
    "mm": "mm millimeter millimeters",
    "cm": "cm centimeter centimeters",
    "kg": "kg kgs kilogram kilograms",
    "lb": "lb lbs pound pounds",
    "%": "% percent",
}
_UNITS = {spelling: unit for unit, spellings in _WRITTEN.items() for spelling in spellings.split()}
_BEHIND = re.compile(r"[ \t-]?(%|[A-Za-zµμ]+)")
NO_UNIT = ""


def unit_behind(text: str, end: int) -> str:
    behind = _BEHIND.match(text, end)
    return _UNITS.get(behind[1].lower(), NO_UNIT) if behind else NO_UNIT
