"""Vital signs, triage acuity, age and sex as a text states them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from edscribe_pipelines.clinical.grounding.figures import Figure, plain_number
from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.vitals.mentions import VitalMention, vital_mentions

OLDEST_TOLD = 90
"""Safe Harbor keeps ages up to 89 (45 CFR 164.514(b)(2)(i)(C)); all above are one."""

_ACUITY = re.compile(
    r"\b(?:ESI|triage acuity)\b(?:[ ](?:ESI|level|of|is|was))*[ :]*(?P<level>[1-5])\b(?![ ]?(?:[./-]|to)[ ]?\d)", re.I
)
_NAMES_ACUITY = re.compile(r"(?:ESI|esi|[Tt]riage acuity|TRIAGE ACUITY)\b")
_AGED = re.compile(r"\+?(?:[- ]?(?:(?:years?|yrs?)(?:[- ]old\b|(?=,))|y[./]?o\b\.?)|(?=[MF]\b))", re.I)
_YEARS_ALONE = re.compile(r"\+? years(?=[,.\n]|$)")
_AGE_BEFORE = re.compile(r"\b(?:age[ds]?:?|(?:fe)?male,) $", re.I)
_SEX = re.compile(
    r"\b(?:(?P<F>female|woman|lady|girl|f)|(?P<M>male|man|gentleman|boy|m))\b"
    r"|\b(?:son|daughter|mother|father|wife|husband|brother|sister|child|grand\w+)\b",
    re.I,
)
_SEX_OF_FACTS = re.compile(r"\n(?:(?P<F>female)|(?P<M>male))\b(?=[,.\n]|$)", re.I)
# Searched for in "\n" + text: a literal start is found several times faster than a "^".
_NOT_OF_TODAY_BEFORE = re.compile(
    r"\b(?:his|her|their|son|daughter|mother|father|wife|husband|brother|sister|child|children)\b[^.;\n]{0,20}$"
    r"|\b(?:when|since|until|before|from|by)\b[^.;\n]{0,20}$",
    re.I,
)
_REACH = 40
"""Characters after an age in which the noun that it belongs to stands."""


def measures_in(note: ParsedNote, figures: Sequence[Figure]) -> Iterator[Said]:
    vitals = list(vitals_said(vital_mentions(note)))
    yield from vitals
    for acuity in _ACUITY.finditer(note.text) if _NAMES_ACUITY.search(note.text) else ():
        yield Said("acuity", "triage_acuity", acuity["level"], *acuity.span())
    measured = {place for vital in vitals for place in range(vital.start, vital.end)}
    yield from _ages_and_sexes(note.text, (figure for figure in figures if figure.start not in measured))
    for line in _SEX_OF_FACTS.finditer("\n" + note.text):
        yield Said("sex", "sex", str(line.lastgroup), line.start(), line.end() - 1)


def vitals_said(mentions: Sequence[VitalMention]) -> Iterator[Said]:
    """Yield each vital sign, the two of a blood pressure as one."""
    for (start, end), together in groupby(mentions, key=attrgetter("start", "end")):
        said = {mention.field: f"{mention.value:g}" for mention in together}
        if "sbp_mmhg" in said and "dbp_mmhg" in said:
            yield Said("vital", "blood_pressure", f"{said.pop('sbp_mmhg')}/{said.pop('dbp_mmhg')}", start, end)
        yield from (Said("vital", field, value, start, end) for field, value in said.items())


def _ages_and_sexes(text: str, figures: Iterable[Figure]) -> Iterator[Said]:
    for figure in figures:
        end = _end_of_age(text, figure) if figure.kind == "number" else None
        if end is None or _NOT_OF_TODAY_BEFORE.search(text, max(0, figure.start - _REACH), figure.start):
            continue
        noun = _SEX.search(text, end, _end_of_clause(text, end))
        sex = noun and noun.lastgroup
        if noun and not sex:
            continue
        yield Said("age", "age_years", plain_age(figure.value), figure.start, figure.end)
        if noun and sex:
            yield Said("sex", "sex", sex, *noun.span())


def _end_of_age(text: str, figure: Figure) -> int | None:
    opens_line = figure.start == 0 or text[figure.start - 1] == "\n"
    aged = _AGED.match(text, figure.end) or (opens_line and _YEARS_ALONE.match(text, figure.end))
    if aged:
        return aged.end()
    return figure.end if _AGE_BEFORE.search(text, max(0, figure.start - 12), figure.start) else None


def _end_of_clause(text: str, start: int) -> int:
    ends = (place for mark in ".,;\n" if (place := text.find(mark, start, start + _REACH)) >= 0)
    return min(ends, default=start + _REACH)


def plain_age(years: str | int) -> str:
    number = plain_number(str(years))
    return f"{OLDEST_TOLD}+" if float(number) >= OLDEST_TOLD else number
