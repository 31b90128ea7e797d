"""Where rules and model disagree.

A rule that knows words and not their sense finds "Frank pus"; where the model is sure that it is none and the word has
another sense, it stays. What the model finds has to yield to what the clinic explains: an eponym or a brand in its
place, a number that is measured, a score out of ten, an abbreviation with points, a ratio, a row of a flow sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from edscribe_pipelines.deidentify.finding.gazetteer import is_ordinary
from edscribe_pipelines.deidentify.finding.learned.reader import find_learned, read_learned
from edscribe_pipelines.deidentify.finding.numbers import is_disease_code, is_measured
from edscribe_pipelines.deidentify.finding.protected import protected_phrases
from edscribe_pipelines.deidentify.finding.rules import phi_rules
from edscribe_pipelines.deidentify.finding.scales import is_scale
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.vocabulary import is_vocabulary
from edscribe_pipelines.deidentify.finding.words import words_of
from edscribe_pipelines.deidentify.tables import word_list
from edscribe_pipelines.tables import read_table

_ABBREVIATION = 4
"""Letters of a word in capitals that may be an abbreviation."""
_RACE_AND_SEX = re.compile(r"[wbha][mf]", re.I)
_CLOCK = r"(?:[01]\d|2[0-3])[0-5]\d"
_WRITTEN_BY_THE_CLINIC = re.compile(
    rf"\d{{1,3}}(?::\d{{1,3}}){{1,4}}|{_CLOCK}(?:[ ]{_CLOCK}){{2,}}|{_CLOCK}(?:[ ]\d{{2,3}}){{2,5}}|[Gg]\d{{1,2}}[Pp]\d{{1,4}}"
    r"|K[23] ?EDTA|(?i:d/c|s/p|r/o|n/v|h/o|c/o|w/o|b/l)"
)
"""A ratio, hours, an hour with what was measured then, pregnancies and births, a tube, "d/c"."""
_WITH_POINTS = re.compile(r"[a-z](?:\.[a-z]){1,3}(?![a-z])")
_TO_BLANK, _FROM_BLANK = re.compile(r"\S{1,24}$"), re.compile(r"\S{1,24}")
_LONGEST_WORD = 24
_BETWEEN = re.compile(r"[\s.,;]*(?:\b(?:and|or)\b)?[\s.,;]*")
_NUMBERS = ("OTHER_ID", "PHONE", "ZIP", "DEVICE")


def is_overruled(find: Span, text: str) -> bool:
    """Whether a rule's find is a word in another sense, and the model sure of it. What words beside a find say of it
    ("Dr. ...") is never overruled."""
    if find.type != "NAME" or find.rule in _certain() or not _has_another_sense(text[find.start : find.end]):
        return False
    return read_learned(text).is_nothing(find.start, find.end)


def find_learned_unexplained(text: str) -> Iterator[Span]:
    """Yield what the model finds in `text` and nothing clinical explains."""
    for find in find_learned(text):
        if find.type in _NUMBERS:
            place = text, find.start, find.end
            is_explained = is_measured(*place) or is_disease_code(*place)
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


def _has_another_sense(said: str) -> bool:
    return all(_is_no_name_alone(word.text) for word in words_of(said))


def _is_no_name_alone(word: str) -> bool:
    if word.isupper() and len(word) <= _ABBREVIATION:
        return True
    return is_ordinary(word) or is_vocabulary(word) or word.lower() in _named_things()


@cache
def _named_things() -> frozenset[str]:
    """Return brands, drugs and the words of eponyms, in small letters."""
    drugs = (name for row in read_table("drug_names.csv") for name in (row["drug"], *row["synonyms"].split(";")))
    eponyms = (row["phrase"] for row in read_table("eponyms.csv", "edscribe_pipelines.deidentify.tables"))
    named = (*word_list("brand_drug"), *drugs, *eponyms)
    return frozenset(word.text.lower() for name in named for word in words_of(name))


@cache
def _certain() -> frozenset[str]:
    return frozenset(rule.id for rule in phi_rules() if rule.strength in ("shape", "context"))
