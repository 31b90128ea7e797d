"""Where rules and models disagree.

A rule that knows words and not their sense finds "Frank pus"; where the models see no name, the word stays. What the
models find has to yield to what the clinic explains: an eponym or a brand in its place, a number that is measured, a
score out of ten, an abbreviation with points, a ratio, a row of a flow sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from edscribe_pipelines.deidentify.finding.learned.reader import LearnedReading
from edscribe_pipelines.deidentify.finding.numbers import is_disease_code, is_measured, is_vital_sign
from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.rules import phi_rules
from edscribe_pipelines.deidentify.finding.scales import is_scale
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.tables import word_list

_RACE_AND_SEX = re.compile(r"[wbha][mf]", re.I)
_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d"
_WRITTEN_BY_THE_CLINIC = re.compile(
    rf"\d{{1,3}}(?::\d{{1,3}}){{1,4}}|{_CLOCK}(?:[ ]{_CLOCK}){{2,}}|{_CLOCK}(?:[ ]\d{{2,3}}){{2,5}}"
    r"|[Gg]\d{1,2}[Pp]\d{1,4}"
    r"|K[23] ?EDTA|(?i:d/c|s/p|r/o|n/v|h/o|c/o|w/o|b/l)"
)
"""A ratio, hours, an hour with what was measured then, pregnancies and births, a tube, "d/c"."""
_WITH_POINTS = re.compile(r"[a-z](?:\.[a-z]){1,3}(?![a-z])")
_TO_BLANK, _FROM_BLANK = re.compile(r"\S{1,24}$"), re.compile(r"\S{1,24}")
_LONGEST_WORD = 24
_BETWEEN = re.compile(r"[\s.,;]*(?:\b(?:and|or)\b)?[\s.,;]*")
_NUMBERS = ("OTHER_ID", "PHONE", "ZIP", "DEVICE")


def is_overruled(find: Span, reading: LearnedReading) -> bool:
    """Whether a word that a rule calls a name, for its looks alone, is none to the models. What words beside a find say
    of it ("Dr. ...") is never overruled."""
    if find.type != "NAME" or find.rule in _certain():
        return False
    return reading.is_nothing(find.start, find.end)


def find_unexplained(text: str, reading: LearnedReading) -> Iterator[Span]:
    """Yield what the models find in `text` and nothing clinical explains."""
    for find in reading.finds:
        if find.type in _NUMBERS:
            place = text, find.start, find.end
            is_explained = is_measured(*place) or is_disease_code(*place)
        elif find.type == "AGE":
            is_explained = is_vital_sign(text, find.start, find.end)
        elif find.type == "DATE":
            is_explained = is_scale(text, find)
        else:
            is_abbreviation = _RACE_AND_SEX.fullmatch(text, find.start, find.end) is not None
            is_explained = is_abbreviation or protected_phrases(text).cover(find)
        if not (is_explained or _is_of_the_clinic(text, find)):
            yield find


def _is_of_the_clinic(text: str, find: Span) -> bool:
    """Whether the words of a find have a form in which the clinic writes: 1:2:3, "0800 1200 1600", "q.i.d., p.r.n."."""
    before, behind = _TO_BLANK.search(text[: find.start][-_LONGEST_WORD:]), _FROM_BLANK.match(text, find.end)
    start = find.start - (len(before[0]) if before else 0)
    said = text[start : behind.end() if behind else find.end].strip("()[],.;: ")
    if _WRITTEN_BY_THE_CLINIC.fullmatch(said):
        return True
    written = _WITH_POINTS.findall(said)
    is_all = bool(written) and all(_BETWEEN.fullmatch(rest) for rest in _WITH_POINTS.split(said))
    return is_all and all(each in word_list("dotted_in_small_letters") for each in written)


@cache
def _certain() -> frozenset[str]:
    return frozenset(rule.id for rule in phi_rules() if rule.strength in ("shape", "context"))
