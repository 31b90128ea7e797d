"""Vital signs, triage acuity, age and sex as a text states them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

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
_ACUITY_WORDS = ("ESI", "esi", "riage acuity", "TRIAGE ACUITY")
_AGED = re.compile(r"\+?(?:[- ]?(?:(?:years?|yrs?)(?:[- ]old\b|(?=,))|y[./]?o\b\.?)|(?=[MF]\b))", re.I)
_YEARS_ALONE = re.compile(r"\+? years(?=[,.\n]|$)")
_BEGIN_AGED = frozenset("+- yYmMfF")
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
    for acuity in _ACUITY.finditer(note.text) if _names_acuity(note.text) else ():
        yield Said("acuity", "triage_acuity", acuity["level"], *acuity.span())
    yield from _ages_and_sexes(note.text, not_within(vitals, figures))
    for line in _SEX_OF_FACTS.finditer("\n" + note.text):
        yield Said("sex", "sex", str(line.lastgroup), line.start(), line.end() - 1)


def vitals_said(mentions: Sequence[VitalMention]) -> Iterator[Said]:
    """Yield each vital sign, the two of a blood pressure as one."""
    place = 0
    while place < len(mentions):
        _, _, start, end, _ = mentions[place]
        after = place + 1
        while after < len(mentions) and mentions[after].start == start and mentions[after].end == end:
            after += 1
        said = {field: f"{value:g}" for field, value, _, _, _ in mentions[place:after]}
        if "sbp_mmhg" in said and "dbp_mmhg" in said:
            yield Said("vital", "blood_pressure", f"{said.pop('sbp_mmhg')}/{said.pop('dbp_mmhg')}", start, end)
        for field, value in said.items():
            yield Said("vital", field, value, start, end)
        place = after


def _names_acuity(text: str) -> bool:
    return any(word in text for word in _ACUITY_WORDS) and _NAMES_ACUITY.search(text) is not None


def not_within(said: Sequence[Said], written: Sequence[Figure]) -> Iterator[Figure]:
    """Yield the figures that begin in nothing of `said`; they come in the order of the text."""
    places = sorted((each.start, each.end) for each in said)
    passed = reached = 0
    for figure in written:
        while passed < len(places) and places[passed][0] <= figure.start:
            reached = max(reached, places[passed][1])
            passed += 1
        if figure.start >= reached:
            yield figure


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
    before = text[figure.start - 1] if figure.start else "\n"
    may_be_aged = text[figure.end : figure.end + 1] in _BEGIN_AGED
    aged = may_be_aged and (_AGED.match(text, figure.end) or (before == "\n" and _YEARS_ALONE.match(text, figure.end)))
    if aged:
        return aged.end()
    is_said_before = before == " " and _AGE_BEFORE.search(text, max(0, figure.start - 12), figure.start)
    return figure.end if is_said_before else None


def _end_of_clause(text: str, start: int) -> int:
    ends = (place for mark in ".,;\n" if (place := text.find(mark, start, start + _REACH)) >= 0)
    return min(ends, default=start + _REACH)


def plain_age(years: str | int) -> str:
    number = plain_number(str(years))
    return f"{OLDEST_TOLD}+" if float(number) >= OLDEST_TOLD else number
