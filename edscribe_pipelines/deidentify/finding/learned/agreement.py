"""Where rules and models disagree.

A rule that knows words and not their sense finds "Frank pus"; where the models see no name, the word stays. What the
models find has to yield to what the clinic explains: an eponym or a brand in its place, a number that is measured, a
score out of ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from edscribe_pipelines.deidentify.finding.learned.reader import LearnedReading
from edscribe_pipelines.deidentify.finding.numbers import is_disease_code, is_measured
from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.rules import phi_rules
from edscribe_pipelines.deidentify.finding.scales import is_scale
from edscribe_pipelines.deidentify.finding.spans import Span

_RACE_AND_SEX = re.compile(r"[wbha][mf]", re.I)
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
        elif find.type == "DATE":
            is_explained = is_scale(text, find)
        else:
            is_abbreviation = _RACE_AND_SEX.fullmatch(text, find.start, find.end) is not None
            is_explained = is_abbreviation or protected_phrases(text).cover(find)
        if not is_explained:
            yield find


@cache
def _certain() -> frozenset[str]:
    return frozenset(rule.id for rule in phi_rules() if rule.strength in ("shape", "context"))
