"""Dates that the record names, in the ways of writing one: with or without the year, the day, the weekday."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.deidentify.finding.known.reading import Reading

KnownDate = tuple[int, int, int]
"""Year, month and day; day 0 where only the month is known."""

_MONTHS = ("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
           "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?")  # fmt: skip
_HEADS = ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
          "september sept sep", "october oct", "november nov", "december dec")  # fmt: skip
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_YEAR = r"(?P<year>\d{4}|['’]?\d\d)(?!\d|[/:.]\d)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<gap>[-/. ])(?P<a>\d\d?)(?P=gap)(?P<b>\d\d?)(?!\d)",
        r"(?P<a>\d\d?) ?(?P<gap>[-/.]) ?(?P<b>\d\d?) ?(?P=gap) ?(?P<year>['’]?\d{4}|['’]?\d\d)(?!\d)",
        r"(?P<a>\d\d?) (?P<b>\d\d?) (?P<year>\d{4})(?!\d)",
        rf"{_MONTH}\.?[- ,/]{{0,2}}(?P<a>\d\d?)(?:st|nd|rd|th)?(?!\d)(?:(?:[-/.]|,? |,){_YEAR})?",
        rf"(?P<a>\d\d?)(?:st|nd|rd|th)?(?: of|[-/.])? ?{_MONTH}(?![a-z])(?:(?:[-/.]|[.,]{{0,2}} ?){_YEAR})?",
        rf"{_MONTH}(?![a-z])\.?(?: of|,)?[- /]?(?P<year>\d{{4}}|['’]\d\d)(?!\d)",
        r"(?P<year>\d{4})[- ]" + _MONTH + r"[- ](?P<a>\d\d?)(?!\d)",
        r"(?P<year>\d{4})(?P<a>\d\d)(?P<b>\d\d)(?!\d)",
        r"(?P<a>\d\d)(?P<b>\d\d)(?P<year>\d{4})(?!\d)",
        r"(?P<a>\d\d?)[-/](?P<year>\d{4})(?!\d)",
        r"(?P<year>\d{4})-(?P<a>\d\d)(?![-\d])",
        r"(?P<a>\d\d?)(?P<gap>[-/])(?P<b>\d\d?)(?![-/\d]|\.\d)",
    )
)
_WITHOUT_YEAR = _FORMS[-1]
_DATE_WORD = re.compile(
    r"\b(?:on|since|from|until|till|by|dob|d\.o\.b\.|born|date|dated|seen|admitted|birthday)[ :]+$", re.I
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tue|tues|wed|weds|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,? (?:the )?$", re.I
)


def read_date(value: str) -> KnownDate | None:
    """Return the date that a value of the record is; a time of the day may follow."""
    for form in _FORMS[:-1]:
        found = form.match(value)
        if found is not None and re.fullmatch(r"(?:[T ,]+\d\d?:?\d\d.*)?", value[found.end() :]):
            dates = [date for date in _readings(found) if date[0] > 99]
            return dates[0] if dates else None
    return None


def heads_of(date: KnownDate) -> set[str]:
    """Return the words that a known date may begin with."""
    year, month, day = date
    numbers = {f"{each}" for each in (year, month, day)} | {f"{each:02}" for each in (month, day)}
    return {*numbers, *_HEADS[month - 1].split(), f"{year}{month:02}{day:02}", f"{month:02}{day:02}{year}",
            f"{day:02}{month:02}{year}"}  # fmt: skip


def date_at(reading: Reading, index: int, known: set[KnownDate]) -> tuple[int, int] | None:
    """Return where the known date starts and ends that begins with a word."""
    text, start = reading.text, reading.starts[index]
    if re.search(r"[\d/.-]$", text[max(0, start - 1) : start]) and text[max(0, start - 2) : start - 1].isdigit():
        return None
    for form in _FORMS:
        found = form.match(text, start)
        if found is not None and any(_is_known(date, known) for date in _readings(found)):
            if form is _WITHOUT_YEAR and not _reads_as_date(text, found):
                return None
            return _weekday_before(text, start), found.end()
    return None


def _readings(found: re.Match[str]) -> Iterator[KnownDate]:
    """Yield year, month and day as they may be meant; 0 for what is not written."""
    groups = found.groupdict()
    year = int((groups.get("year") or "0").lstrip("'’"))
    if groups.get("month"):
        month = next(i for i, name in enumerate(_MONTHS, 1) if re.fullmatch(name, groups["month"], re.IGNORECASE))
        yield year, month, int(groups.get("a") or 0)
        return
    first, second = int(groups["a"]), int(groups.get("b") or 0)
    for month, day in ((first, second), (second, first)):
        if 1 <= month <= 12 and day <= 31:
            yield year, month, day


def _is_known(date: KnownDate, known: set[KnownDate]) -> bool:
    year, month, day = date
    return any(
        month == known_month
        and (day == known_day or (0 in (day, known_day) and year > 0))
        and year in (0, known_year, known_year % 100)
        for known_year, known_month, known_day in known
    )


def _reads_as_date(text: str, found: re.Match[str]) -> bool:
    """Whether "5/4" is a day and not a grade of strength: zeros before the digits, or a word of time before."""
    return bool(re.fullmatch(r"0\d[-/]\d\d|\d\d[-/]0\d", found[0]) or _DATE_WORD.search(text[: found.start()][-12:]))


def _weekday_before(text: str, start: int) -> int:
    before = text[max(0, start - 16) : start]
    weekday = _WEEKDAY.search(before)
    return start if weekday is None else start - len(before) + weekday.start()
