"""Known values with digits: record and telephone numbers, streets and dates, as a note may write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from edscribe_pipelines.deidentify.checking.written_text import WrittenText, gate_words

_TELEPHONES = ("phone", "fax", "mobile", "cell", "contact", "pager")
_SHORTEST_NUMBER, _SHORTEST_TAIL = 4, 6
_PHONE_DIGITS, _LOCAL_DIGITS = 10, 7
_ISO = re.compile(r"((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?:[ t].*)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)")


def is_number_written(value: str, kind: str, parts: list[str], text: WrittenText) -> bool:
    """Return whether the text writes `value`, which holds a digit; `parts` are its words."""
    moment = date_of(value)
    if moment is not None:
        return _is_date_written(moment, text)
    if "@" in value or "/" in value:
        return value in text.folded
    if len(parts) > 2 and parts[0].isdigit() and parts[1].isalpha():
        return _is_street_written(parts, text)
    return any(text.has_number(number) for number in numbers_of("".join(parts), kind))


def numbers_of(joined: str, kind: str) -> Iterator[str]:
    """Yield what stands for a number: `joined`, its letters and digits; without prefix or zeros; a telephone's end."""
    if len(joined) >= _SHORTEST_NUMBER:
        yield joined
    digits = joined.lstrip("0") if joined.isdigit() else re.sub(r"\D", "", joined)
    if digits != joined and len(digits) >= _SHORTEST_TAIL:
        yield digits
    if len(digits) >= _PHONE_DIGITS and any(telephone in kind for telephone in _TELEPHONES):
        yield digits[-_PHONE_DIGITS:]
        yield digits[-_LOCAL_DIGITS:]


def _is_street_written(parts: list[str], text: WrittenText) -> bool:
    return any(_is_telling(*pair) and text.has_phrase(" ".join(pair)) for pair in pairwise(parts))


def _is_telling(*words: str) -> bool:
    common = ("plain_word", "institution", "function_word")
    return any(
        len(word) > 3 and word.isalpha() and not any(word in gate_words(name) for name in common) for word in words
    )


def date_of(value: str) -> date | None:
    if not value[:1].isdigit():
        return None
    iso, american = _ISO.fullmatch(value), _AMERICAN.fullmatch(value)
    if iso is not None:
        year, month, day = map(int, iso.groups())
    elif american is not None:
        month, day, year = map(int, american.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_date_written(moment: date, text: WrittenText) -> bool:
    """Whether day and month stand there: by the month's name also without a year, in figures only with one."""
    if f"{moment:%b}".lower() in text.squeezed and any(text.has_phrase(phrase) for phrase in days_by_name(moment)):
        return True
    if not any(figure.replace(" ", "") in text.squeezed for figure in _days_in_figures(moment)):
        return False
    return any(text.has_phrase(phrase) for phrase in dates_in_figures(moment))


def days_by_name(moment: date) -> Iterator[str]:
    """Yield the ways to write day and month with the month's name, as words."""
    day = str(moment.day)
    for name in (f"{moment:%b}".lower(), f"{moment:%B}".lower()):
        for each in (day, f"{moment:%d}", f"{day}{_ordinal(moment.day)}"):
            yield from (f"{name} {each}", f"{each} {name}", f"{each} of {name}")


def dates_in_figures(moment: date) -> Iterator[str]:
    """Yield the ways to write a date in figures, as words."""
    for year in (f"{moment:%Y}", f"{moment:%y}"):
        for figure in _days_in_figures(moment):
            yield from (f"{figure} {year}", f"{year} {figure}")
    yield f"{moment:%Y%m%d}"


def _days_in_figures(moment: date) -> tuple[str, ...]:
    day, month = str(moment.day), str(moment.month)
    return f"{month} {day}", f"{moment:%m %d}", f"{day} {month}", f"{moment:%d %m}"


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
