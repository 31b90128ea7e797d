"""Dates as notes write them: read, moved, and written back in their own format.

A month before a day is American (3/14/2024) unless only the other order is a date (14/3/2024). What stands
for no certain day, month or year (a weekday, a holiday, "the 14th") is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip

_MONTH_NUMBERS = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}

_MONTH = r"(?P<name>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![^\W\d_])\.?)"  # noqa: E501
_DAY = r"(?P<day>\d{1,2})(?P<ordinal>(?i:st|nd|rd|th)(?![^\W\d_]))?"
_YEAR = r"(?P<year>(?:18|19|20)\d\d)"
_ANY_YEAR = r"(?P<year>(?:18|19|20)\d\d|\d\d)"
_NAMED_YEAR = r"(?P<year>(?:18|19|20)\d\d|(?<=['’])\d\d)"

_FULL = (
    rf"{_YEAR}(?P<dash>[-/.])(?P<month>\d{{1,2}})(?P=dash)(?P<day>\d{{1,2}})",
    rf"(?P<month>\d{{1,2}})(?P<dash>[-/.])(?P<day>\d{{1,2}})(?P=dash){_ANY_YEAR}",
    rf"(?P<day>\d{{1,2}})(?P<dash>[-/.])(?P<month>\d{{1,2}})(?P=dash){_YEAR}",
    rf"{_YEAR}(?P<month>[01]\d)(?P<day>[0-3]\d)",
    rf"{_MONTH}[ \-/,]{{0,2}}{_DAY}(?:,| of|-|/)? ?['’]?{_NAMED_YEAR}",
    rf"{_DAY}[ \-/.]?(?:of )?{_MONTH}[ \-/.,]{{0,2}}['’]?{_ANY_YEAR}",
)
_PARTIAL = (
    rf"{_YEAR}[-/](?P<month>\d{{1,2}})",
    rf"(?P<month>\d{{1,2}})[-/]{_YEAR}",
    rf"{_MONTH}(?:,| of)? ?[-/]? ?['’]?{_NAMED_YEAR}",
    rf"{_MONTH}[ \-/,]{{0,2}}{_DAY}",
    rf"{_DAY}[ \-/.]?(?:of )?{_MONTH}",
    r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
    r"(?P<day>\d{1,2})[-/](?P<month>\d{1,2})",
    _YEAR,
    _MONTH,
)
_FORMATS = tuple(re.compile(rf"(?<![^\W_]){form}(?![^\W_])") for form in (*_FULL, *_PARTIAL))
FULL_DATE_SHAPE = "|".join(re.sub(r"\(\?P<\w+>", "(?:", form.replace("(?P=dash)", "[-/.]")) for form in _FULL)
"""A pattern of what may be a full date, for `full_date_in` to decide."""

_CLOCK = r"(?:[Tt]|,? |,? at )\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?:[Zz]| ?[+-]\d\d:?\d\d)?"
_BETWEEN = re.compile(rf"(?:{_CLOCK})?(?:[ ,]*(?:-|–|to|and|&|through|thru|or)?[ ,]*)")
_ISO_BEFORE_CLOCK = re.compile(
    rf"(?<!\d){_YEAR}(?P<dash>[-/.])(?P<month>\d{{1,2}})(?P=dash)(?P<day>\d{{1,2}})(?=[Tt]\d)"
)

FEBRUARY_29 = 2000
"""A year that has every day; stands in where a date names none and its own year lacks the day."""


@dataclass(frozen=True)
class WrittenDate:
    """A date at `start` to `end` of a value; `spots` are the places of its parts. What it leaves out is None."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None
    has_short_year: bool
    spots: tuple[tuple[str, int, int], ...]

    @property
    def is_full(self) -> bool:
        return None not in (self.year, self.month, self.day)

    def moment(self, this_year: int) -> date:
        """Return a day of it: the 15th of a month, July of a year. A year left out is `this_year`.

        A short year is the latest with these digits that is not after next year.
        """
        year = this_year if self.year is None else self.year
        if self.has_short_year:
            year += 100 * ((this_year + 1 - year) // 100)
        month, day = self.month or 7, self.day or (15 if self.month else 1)
        if self.year is None and not _exists(year, month, day):
            year = FEBRUARY_29
        return date(year, month, day)


def read_dates(value: str) -> list[WrittenDate]:
    """Return the dates in `value`, which may be a range; empty if anything else stands in it too."""
    found: list[WrittenDate] = []
    done = 0
    while done < len(value):
        written = _date_at(value, done)
        if written is None:
            return []
        found.append(written)
        between = _BETWEEN.match(value, written.end)
        done = between.end() if between else written.end
    return found


def full_date_in(value: str) -> WrittenDate | None:
    """Return the date that `value` is, if it names day, month and a year of four digits."""
    dates = read_dates(value)
    return dates[0] if len(dates) == 1 and dates[0].is_full and not dates[0].has_short_year else None


def moved(value: str, dates: list[WrittenDate], days: int, this_year: int) -> str:
    """Return `value` with its `dates` moved by `days`. Raises OverflowError where a calendar ends."""
    pieces, done = [], 0
    for written in dates:
        new = written.moment(this_year) + timedelta(days=days)
        for part, start, end in sorted(written.spots, key=lambda spot: spot[1]):
            pieces += [value[done:start], _rewrite(part, value[start:end], new, written, value)]
            done = end
    return "".join(pieces) + value[done:]


def _date_at(value: str, start: int) -> WrittenDate | None:
    for form in (_ISO_BEFORE_CLOCK, *_FORMATS):
        match = form.match(value, start)
        written = match and _read(match)
        if written:
            return written
    return None


def _read(match: re.Match[str]) -> WrittenDate | None:
    groups = {part: text for part, text in match.groupdict().items() if text is not None}
    name = groups.get("name")
    month = int(groups["month"]) if "month" in groups else _MONTH_NUMBERS[name[:3].lower()] if name else None
    day = int(groups["day"]) if "day" in groups else None
    year = int(groups["year"]) if "year" in groups else None
    has_short_year = year is not None and len(groups["year"]) == 2
    if not _exists(FEBRUARY_29 if year is None or has_short_year else year, month or 1, day or 1):
        return None
    parts = ("year", "month", "day", "name", "ordinal")
    spots = tuple((part, *match.span(part)) for part in parts if part in groups)
    return WrittenDate(match.start(), match.end(), year, month, day, has_short_year, spots)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _rewrite(part: str, old: str, new: date, written: WrittenDate, value: str) -> str:
    if part == "year":
        return f"{new:%Y}"[-len(old) :]
    if part == "name":
        return _month_like(old, MONTHS[new.month - 1])
    if part == "ordinal":
        return _like(old, _ordinal(new.day))
    number = new.month if part == "month" else new.day
    return f"{number:02}" if _is_padded(written, value) else str(number)


def _is_padded(written: WrittenDate, value: str) -> bool:
    numbers = [value[start:end] for part, start, end in written.spots if part in ("month", "day")]
    is_named = any(part == "name" for part, _, _ in written.spots)
    return any(n.startswith("0") for n in numbers) or (not is_named and all(len(n) == 2 for n in numbers))


def _month_like(old: str, month: str) -> str:
    word = old.rstrip(".")
    is_whole = len(word) > 4 or word.lower() in ("may", "june", "july")
    dot = old[len(word) :]
    if dot or not is_whole:
        return _like(word, month[:3]) + dot
    return _like(word, month)


def _like(old: str, new: str) -> str:
    return new.upper() if old.isupper() else new.lower() if old.islower() else new


def _ordinal(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
