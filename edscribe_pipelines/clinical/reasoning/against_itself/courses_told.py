"""A drug of this stay or its prescription that is told for two numbers of days, and a pregnancy told with two ages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from edscribe_pipelines.clinical.medications.names import drug_mentions
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_ORDERED_IN = {"Medical Decision Making", "Disposition"}
_DAYS = re.compile(
    r"\b(?:for|x)[ ]?(?P<days>\d{1,2})[ -]?(?:d|days?)\b|\b(?P<sevenths>\d{1,2})/7\b|\b(?P<course>\d{1,2})[ -]day\b",
    re.I,
)
_OTHERWISE = re.compile(
    r"\b(?:then|or|if|took|finished|completed|already|after|prior|previous|instead|not|taper)\b", re.I
)
_REACH = 70
_PREGNANT = Wordings(lambda: (("pregnant", r"\bIUP\b|\bpregnan|\bgestation|\bLMP\b|\bG\d ?P\d|\bEGA\b"),))
_WEEKS = re.compile(r"\d(?:[ -]?w|\+\d|/40)")
_GESTATION = re.compile(
    r"(?<![\d.+<>≤≥-])(?P<weeks>\d{1,2})(?:[ ]?w(?:k|ks|eeks?)?[ ]?(?P<days>[0-6])[ ]?d(?:ays?)?\b|"
    r"\+(?P<more>[0-6])\b(?!\d)|/40\b"
    r"|[ -]?(?:weeks?|wks?)(?=[ -](?:pregnan|gestation|GA\b|EGA|by\b|IUP|intrauterine|gravid|with (?:bleed|"
    r"contr|pain|sever))))"
    r"|\b(?:pregnan(?:t|cy)(?: of| at)?|IUP|gestation(?:al age)?(?: of)?|at|GA|"
    r"EGA)[ :]{1,2}(?P<told>\d{1,2})[ -]?(?:weeks?|wks?|w)\b"
    r"(?![ ](?:of age|ago|old|later|post))"
)
_ANOTHER = re.compile(
    r"\b(?:born|birth|deliver\w*|postpartum|prior|previous\w*|first|until|after|before|since|past|last|if|from|to|or|"
    r"her second|preterm birth|viab\w+|until|beyond|through|due)\b[^.;\n]{0,28}$",
    re.I,
)
_NOT_IN = {"Past Medical/Surgical History", "Disposition", "Medications", "Allergies", "Social History"}
_TWO_DATINGS = 12
"""Days by which dates and ultrasound may differ: 5 to 10 before week 22 (ACOG Committee Opinion 700, 2017)."""


def courses_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    told: dict[str, list[tuple[str | None, int, Place]]] = {}
    mentions = sorted((each for each in note.of(drug_mentions)), key=lambda each: each.start)
    ends = [*(each.start for each in mentions[1:]), len(note.text)]
    for mention, end in zip(mentions, ends, strict=False):
        section = note.section_at(mention.start)
        if section in _ORDERED_IN:
            behind = min(end, mention.end + _REACH, max(mention.end, note.sentence_at(mention.start).end))
            days = _DAYS.search(note.text, mention.end, behind)
            if days and not _OTHERWISE.search(note.text, max(0, mention.start - 24), days.end()):
                count = int(next(filter(None, days.groups())))
                told.setdefault(mention.drug, []).append((section, count, (mention.start, days.end())))
    for drug, courses in told.items():
        for (here, one, place), (there, other, second) in combinations(courses, 2):
            if here != there and one != other:
                yield TwoWays("number", "warning", place, second, f"Told for two numbers of days: {drug}.")
                return


def gestations_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield two ages of one pregnancy, further apart than two ways of dating are."""
    if not _PREGNANT.matches_in(note) or not _WEEKS.search(note.text):
        return
    told = [each for match in _GESTATION.finditer(note.text) if (each := _gestation(note, match))]
    for (one, place), (other, second) in pairwise(told):
        if abs(one - other) > _TWO_DATINGS:
            yield TwoWays("number", "warning", place, second, "Two ages of one pregnancy.")
            return


def _gestation(note: ParsedNote, match: re.Match[str]) -> tuple[int, Place] | None:
    sentence = note.sentence_at(match.start())
    if note.section_at(match.start()) in _NOT_IN or _ANOTHER.search(note.text, sentence.start, match.start()):
        return None
    if note.context(*match.span()) & {"family", "hypothetical", "historical"}:
        return None
    days = 7 * int(match["weeks"] or match["told"]) + int(match["days"] or match["more"] or 0)
    return (days, match.span()) if 3 * 7 < days < 44 * 7 else None
