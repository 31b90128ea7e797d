"""The values that the record itself names, in the ways a note may write them.

A name also counts part by part, a number with other dashes and spaces, a date in the usual formats.
Words are compared without case and accents. A part that is an ordinary word (Small, Will) counts only
where it is capitalised, and a function word (He, An) never alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

import regex

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.words import Word, fold, words_of
from edscribe_pipelines.deidentify.tables import word_list

_RULE = "known_identifier"
_DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y", "%m/%d/%y", "%Y%m%d", "%d %b %Y",
                 "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y")  # fmt: skip
_GAP = r"[ \-./()_#]{0,2}"

_TYPE_OF_KIND = (
    ("mrn", "MRN"), ("medical_record", "MRN"), ("ssn", "SSN"), ("social_security", "SSN"), ("fax", "FAX"),
    ("phone", "PHONE"), ("tel", "PHONE"), ("pager", "PHONE"), ("mail", "EMAIL"), ("birth", "DATE"), ("dob", "DATE"),
    ("date", "DATE"), ("hospital", "HOSPITAL"), ("facility", "HOSPITAL"), ("clinic_name", "HOSPITAL"),
    ("employer", "EMPLOYER"), ("zip", "ZIP"), ("city", "CITY"), ("address", "ADDRESS"), ("street", "ADDRESS"),
    ("account", "ACCOUNT"), ("plan", "HEALTH_PLAN"), ("insurance", "HEALTH_PLAN"), ("member", "HEALTH_PLAN"),
    ("licen", "LICENSE"), ("npi", "LICENSE"), ("vehicle", "VEHICLE"), ("plate", "VEHICLE"), ("vin", "VEHICLE"),
    ("device", "DEVICE"), ("serial", "DEVICE"), ("url", "URL"), ("ip_", "IP"), ("biometric", "BIOMETRIC"),
    ("photo", "PHOTO"), ("room", "ROOM"), ("name", "NAME"), ("_id", "OTHER_ID"), ("number", "OTHER_ID"),
)  # fmt: skip


class KnownIdentifiers:
    """The identifiers of one encounter, ready to be found in its texts."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._patterns: list[tuple[Any, str]] = []
        for identifier in identifiers:
            self._add(identifier["value"].strip(), identifier["kind"])

    def finds(self, text: str) -> Iterator[Span]:
        yield from self._phrase_finds(list(words_of(text)) if self._phrases else [])
        for pattern, span_type in self._patterns:
            for match in pattern.finditer(text):
                yield Span(match.start(), match.end(), span_type, _RULE)

    def _add(self, value: str, kind: str) -> None:
        span_type = _type_of(value, kind)
        moment = None if value.isdigit() and span_type != "DATE" else _as_date(value)
        if moment is not None:
            self._patterns.append((_date_pattern(moment), "DATE"))
        elif _is_number(value):
            self._patterns.append((_number_pattern(value), span_type))
        else:
            for phrase in _phrases_of(value, span_type):
                self._phrases.setdefault(phrase[0], []).append((phrase, span_type))

    def _phrase_finds(self, words: list[Word]) -> Iterator[Span]:
        folded = [fold(word.text) for word in words]
        for index, first in enumerate(folded):
            for phrase, span_type in self._phrases.get(first, ()):
                last = index + len(phrase)
                if tuple(folded[index:last]) == phrase and (len(phrase) > 1 or _counts_alone(words[index])):
                    yield Span(words[index].start, words[last - 1].end, span_type, _RULE)


def _type_of(value: str, kind: str) -> str:
    named = next((span_type for part, span_type in _TYPE_OF_KIND if part in kind.casefold()), None)
    if named is not None and named != "NAME":
        return named
    if "@" in value or any(character.isdigit() for character in value):
        return "OTHER_ID"
    return "HOSPITAL" if _names_institution(value) else "NAME"


def _names_institution(value: str) -> bool:
    return any(word in _institution_words() for word in fold(value).split())


@cache
def _institution_words() -> frozenset[str]:
    return frozenset(fold(word) for name in ("facility", "organization", "street_suffix") for word in word_list(name))


def _as_date(value: str) -> date | None:
    for date_format in _DATE_FORMATS:
        try:
            return datetime.strptime(value, date_format).date()
        except ValueError:
            continue
    return None


def _date_pattern(moment: date) -> Any:
    year, month, day = rf"(?:{moment:%Y}|['’]?{moment:%y})", f"0?{moment.month}", f"0?{moment.day}"
    name = f"(?:{moment:%B}|{moment:%b}|Sept)" if moment.month == 9 else f"(?:{moment:%B}|{moment:%b})"
    suffix, between = "(?:st|nd|rd|th)?", r"[ \-/.,]{1,2}"
    forms = (
        between.join((month, day, year)),
        between.join((day, month, year)),
        between.join((f"{moment:%Y}", month, day)),
        rf"{name}\.?[ \-]?{day}{suffix}(?:{between}{year})?",
        rf"{day}{suffix}[ \-]?{name}\.?(?:{between}{year})?",
        f"{moment:%Y%m%d}",
    )
    return regex.compile(rf"(?i)(?<![\p{{L}}\d])(?:{'|'.join(forms)})(?![\p{{L}}\d])")


def _is_number(value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    return digits >= 3 and digits >= letters


def _number_pattern(value: str) -> Any:
    characters = [character for character in value if character.isalnum()]
    body = _GAP.join(regex.escape(character) for character in characters)
    return regex.compile(rf"(?i)(?<![\p{{L}}\d]){body}(?![\p{{L}}\d])")


def _phrases_of(value: str, span_type: str) -> set[tuple[str, ...]]:
    words = tuple(fold(word.text) for word in words_of(value))
    if len("".join(words)) < 2:
        return set()
    phrases = {words, ("".join(words),)} if len(words) > 1 else {words}
    if span_type == "NAME":
        phrases |= {words[first:] + words[:first] for first in range(1, len(words))}
        phrases |= {(word,) for word in words if len(word) > 1}
    return phrases


def _counts_alone(word: Word) -> bool:
    folded = fold(word.text)
    if folded in word_list("function_word"):
        return False
    return word.is_capitalised or not (len(folded) == 2 or is_ordinary(folded))
