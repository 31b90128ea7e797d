"""Age and sex of the patient, where a note states them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.note import section_at


class Who(NamedTuple):
    age_years: int | None
    sex: str | None


_WOMAN, _MAN = r"woman|female|lady|girl", r"man|male|gentleman|boy"
_SEX = rf"(?:(?P<F>{_WOMAN})|(?P<M>{_MAN}))\b"
_ADJECTIVES = r"(?:(?!(?:with|who|whose|and|of|from|the|an?|in|on|at|his|her|by|after|trans\w*)\b)[a-z-]+[ \t]+){0,3}"
_AGED = re.compile(
    r"(?<![\d.])(?P<age>\d{1,3})(?:[- \t]?years?[- \t]?old|[- \t]?y[./]?o(?:\b\.?|(?=[MF]\b))|[- \t]?yr[- \t]?old)"
    rf"(?:[- \t]+{_ADJECTIVES}{_SEX}|[ \t]*(?:(?P<f>f)|(?P<m>m))\b)?",
    re.I,
)
_TERSE = re.compile(
    r"(?:(?:^|\n[ \t]*|[.:][ \t]+)(?=\d{1,3}[FM])|\b(?:an?|is|[Pp]t|[Pp]atient)[ \t]+)"
    r"(?P<age>\d{1,3})[ \t]?(?:(?P<F>F)|(?P<M>M))\b(?![:/])"
)
_INFANT = re.compile(
    rf"\b(?P<months>\d{{1,2}})[- ](?P<unit>month|week|day)[- ]old[- ]+{_ADJECTIVES}"
    rf"(?:{_SEX}|infant|baby|child|newborn)",
    re.I,
)
_AGE_FIELD = re.compile(r"\bage[ \t]*:[ \t]*(?P<age>\d{1,3})\b(?![ \t]*(?:months?|weeks?|days?)\b)", re.I)
_SEX_FIELD = re.compile(rf"\b(?:sex|gender)[ \t]*:[ \t]*(?:{_SEX}|(?P<f>f)\b|(?P<m>m)\b)", re.I)
_RELATIVE = (
    r"(?:mother|father|mom|dad|parent|son|daughter|wife|husband|spouse|sister|brother|sibling|child|children|aunt|uncle|"
    r"grand\w+|cousin)"
)
_SOMEBODY_ELSE_BEFORE = re.compile(rf"\b(?:{_RELATIVE}|his|her|their)\b[^.;\n]{{0,12}}$", re.I)
_A_TEMPERATURE = re.compile(r"\b(?:T|temp\w*|tmax|fever\w*)\b[^A-Za-z]*$", re.I)
_SOMEBODY_ELSE_AFTER = re.compile(rf"[ \t-]*(?:(?!who|with|and)\w+[ \t]+)?{_RELATIVE}\b", re.I)
_NOT_ABOUT = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History", "Review of Systems"}
_OLDEST = 120


def who(note: str) -> Who:
    """Return what is stated first; the sex is that of a statement with this age, or of a field of its own."""
    stated = list(_statements(note))
    age = stated[0].age_years if stated else None
    sexes = [said.sex for said in stated if said.age_years == age and said.sex]
    field = _SEX_FIELD.search(note)
    return Who(age, sexes[0] if sexes else field and _sex(field))


def _statements(note: str) -> Iterator[Who]:
    matches = [match for pattern in (_AGED, _TERSE, _INFANT, _AGE_FIELD) for match in pattern.finditer(note)]
    for match in sorted(matches, key=lambda match: match.start("months" if "months" in match.re.groupindex else "age")):
        if _is_about_the_patient(note, match) and (age := _age(match)) <= _OLDEST:
            yield Who(age, _sex(match))


def _is_about_the_patient(note: str, match: re.Match[str]) -> bool:
    return (
        section_at(note, match.start()) not in _NOT_ABOUT
        and not _SOMEBODY_ELSE_BEFORE.search(note, max(0, match.start() - 40), match.start())
        and not _A_TEMPERATURE.search(note, max(0, match.start() - 20), match.start() + 1)
        and not _SOMEBODY_ELSE_AFTER.match(note, match.end())
    )


def _age(match: re.Match[str]) -> int:
    said = match.groupdict()
    if "months" not in said:
        return int(said["age"])
    return int(said["months"]) // 12 if said["unit"].lower() == "month" else 0


def _sex(match: re.Match[str]) -> str | None:
    return next((name.upper() for name, word in match.groupdict().items() if word and name in "FfMm"), None)
