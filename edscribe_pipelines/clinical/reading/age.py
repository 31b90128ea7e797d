"""How old the patient is, as the note states it; a relative's age, or one of another day, is not the patient's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.banner import at_the_top
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.people import is_of_somebody_else


class StatedAge(NamedTuple):
    """An age of the patient, with the sex that is said beside it, and its place where it is told in figures."""

    years: float
    sex: str | None
    start: int = 0
    end: int = 0


_ADJECTIVES = r"(?:(?!(?:with|who|whose|and|of|from|the|an?|in|on|at|his|her|by|after|trans\w*)\b)[a-z-]+[ \t]+){0,3}"
# Begins with a class of its own, so that the search skips everything else.
_AGE = re.compile(
    rf"""(?P<figure>\d\d{{0,2}}+)[- \t]?
    (?:(?:(?P<year>years?[- \t]?old|years?[ \t]of[ \t]age|yrs?[- \t]?old|yrs?(?=[ \t]+[MF]\b)
          |y[./]?[ \t]?o(?:\b\.?|(?=[MF]\b))|y(?=[/ \t]?[MF]\b)/?)
      |(?P<unit>month|mo|week|wk|day|[dm](?=/o\b)|w(?=/o[ \t]+(?:[MF]|male|female|boy|girl|infant)\b))
          s?[- \t/.]?o(?:ld)?\b\.?)
      (?:[- \t]+{_ADJECTIVES}(?:(?P<F>woman|female|lady|girl)|(?P<M>man|male|gentleman|boy))\b
        |[ \t]*(?:(?P<f>f)|(?P<m>m))\b)?
    |(?P<terse>(?-i:[FM]))\b(?![:/]|-PCC))""",
    re.I | re.X,
)
_FIELD = re.compile(
    r"[Aa](?<![A-Za-z][Aa])(?:ge|GE)(?i:/sex|/gender)?[ \t]*:[ \t]*(?P<figure>\d{1,3})\b(?P<unit>[ \t]*[mwdMWD])?"
)
_UP_TO_TEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TO_NINETEEN = ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_ONES = {word: number for number, word in enumerate((*_UP_TO_TEN, *_TO_NINETEEN), start=1)}
_TENS_IN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * number for number, word in enumerate(_TENS_IN_WORDS, start=2)}
_WORDED = rf"(?:(?P<tens>{'|'.join(_TENS)})[ -]?)?(?P<ones>{'|'.join(sorted(_ONES, key=len, reverse=True))})?(?<=[a-z])"
_IN_WORDS = re.compile(
    rf"\b(?=\w){_WORDED}[ -](?:(?P<unit>month|week|day)s?|years?)[ -](?:old|of[ ]age)\b(?:[- ]{_ADJECTIVES}"
    r"(?:(?P<F>woman|female|lady|girl|lass)|(?P<M>man|male|gentleman|boy|guy|lad|fellow|bloke))\b)?",
    re.I,
)
_OF_A_PERSON = re.compile(
    r"\b(?:(?P<F>she(?:['’]s|[ ]is)|(?:woman|female|lady|girl)[ ]of)"
    r"|(?P<M>he(?:['’]s|[ ]is)|(?:man|male|gentleman|boy)[ ]of))"
    rf"[ ](?=\w){_WORDED}(?P<unit>)(?![\w-])"
    r"(?![ ](?:hours?|minutes?|weeks?|days?|months?|times?|points?|percent|pounds?|kilos?|of))",
    re.I,
)
_MAY_BE = PatternSet(
    [
        ("in words", r"(?:year|month|week|day)s?[ -]o(?:ld|f age)"),
        ("of a person", r"(?:he(?:['’]s| is)|(?:man|male|lady|girl|boy) of) [efnost]"),
    ]
)
_BEFORE_TERSE = re.compile(r"(?:(?:\A|\n)[ \t]*|[.:][ \t]+)$")
_BEFORE_LOOSE = re.compile(r"\b(?:an?|is|[Pp]t|[Pp]atient)[ \t]+$")
_CHILD_AFTER = re.compile(
    rf"[- \t]+{_ADJECTIVES}(?:infant|baby|child|newborn|neonate|toddler)\b|[ \t]*(?:[.)]|$)"
    r"|,?[ \t]+(?:wt|weigh\w*|temp|who|with|presents?|presenting|brought|here|c/o|ex|former|previously"
    r"|otherwise|born|full)\b",
    re.I | re.M,
)
_A_TEMPERATURE = re.compile(r"\b(?:T|temp\w*|tmax|fever\w*)\b[^A-Za-z]*$", re.I)
_OF_ANOTHER_DAY = re.compile(r"\b(?:at|since|until|when[ \t]+(?:s?he|they)[ \t]+(?:was|were))[ \t]+$", re.I)
_NOT_ABOUT = {"Past Medical/Surgical History", "Medications", "Allergies", "Social History", "Review of Systems"}
_UNITS_IN_A_YEAR = {"m": 12, "w": 365.25 / 7, "d": 365.25}
_OLDEST = 120
_IN_A_FIGURE = frozenset("0123456789.")


def age_years(note: ParsedNote) -> float | None:
    """Return the age that is stated first; months, weeks and days are fractions of a year."""
    return next((age.years for age in note.of(stated_ages)), None)


def stated_ages(note: ParsedNote) -> tuple[StatedAge, ...]:
    """Return the patient's ages in the order of the note; that of a form's field only if there is no other."""
    return tuple(_stated(note))


def _stated(note: ParsedNote) -> Iterator[StatedAge]:
    found = False
    for match in _AGE.finditer(note.text):
        years = _years(match)
        if years <= _OLDEST and _is_about_the_patient(note, match):
            found = True
            yield StatedAge(years, _sex(match), *match.span())
    if not found and (spelled := _spelled_out(note)):
        found = True
        yield spelled
    if not found and (banner := at_the_top(note.text[: _end_of_top(note)])):
        found = True
        yield StatedAge(*banner)
    if not found and (field := _FIELD.search(note.text)) and _years(field) <= _OLDEST:
        yield StatedAge(_years(field), None)


def _end_of_top(note: ParsedNote) -> int:
    """Return where the first section begins that tells of other ages."""
    return next((span.start for span in note.spans if span.section in _NOT_ABOUT), len(note.text))


def _spelled_out(note: ParsedNote) -> StatedAge | None:
    """Return the first age that is said in words, as speech is written down."""
    may_be = _MAY_BE.keys_in(note.text)
    in_words = _IN_WORDS.finditer(note.text) if "in words" in may_be else ()
    of_a_person = _OF_A_PERSON.finditer(note.text) if "of a person" in may_be else ()
    for match in (*in_words, *of_a_person):
        if note.section_at(match.start()) in _NOT_ABOUT or is_of_somebody_else(note.text, *match.span()):
            continue
        if _OF_ANOTHER_DAY.search(note.text, max(0, match.start() - 20), match.start()):
            continue
        tens, ones = _TENS.get((match["tens"] or "").lower(), 0), _ONES.get((match["ones"] or "").lower(), 0)
        unit = (match["unit"] or "").lower()[:1]
        return StatedAge((tens + ones) / _UNITS_IN_A_YEAR.get(unit, 1), _sex_of_words(match))
    return None


def _sex_of_words(match: re.Match[str]) -> str | None:
    return "F" if match["F"] else "M" if match["M"] else None


def _is_about_the_patient(note: ParsedNote, match: re.Match[str]) -> bool:
    text, (start, end) = note.text, match.span()
    if text[start - 1 : start] in _IN_A_FIGURE or note.section_at(start) in _NOT_ABOUT:
        return False
    if match["terse"] and not _is_terse_age(text, match):
        return False
    if match["unit"] and _sex(match) is None and not _CHILD_AFTER.match(text, end):
        return False
    before = max(0, start - 20)
    return not (
        _A_TEMPERATURE.search(text, before, start)
        or _OF_ANOTHER_DAY.search(text, before, start)
        or is_of_somebody_else(text, start, end)
    )


def _is_terse_age(text: str, match: re.Match[str]) -> bool:
    """Whether "54F" opens a line or sentence, or "54 F" follows a word that announces a person."""
    before = max(0, match.start() - 12)
    if _BEFORE_LOOSE.search(text, before, match.start()):
        return True
    return match[0][:-1].isdigit() and bool(_BEFORE_TERSE.search(text, before, match.start()))


def _years(match: re.Match[str]) -> float:
    unit = (match["unit"] or "").strip()[:1].lower()
    return int(match["figure"]) / _UNITS_IN_A_YEAR.get(unit, 1)


def _sex(match: re.Match[str]) -> str | None:
    return match["terse"] or next((name.upper() for name in "FMfm" if match[name]), None)
