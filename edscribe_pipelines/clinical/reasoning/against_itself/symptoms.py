"""A symptom or a finding that is reported in one place and denied in another, plainly both times.

Words are those of `tables/symptoms.csv`. A denial with a condition of its own ("no chest pain at rest", "no new
cough") is none of the symptom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.terms import Term, terms_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays, is_explained
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_TOLD_IN = {"History of Present Illness", "Review of Systems", "Physical Examination", "Medical Decision Making"}
_OF_A_PLACE = {"tenderness", "erythema", "swelling", "effusion", "crepitus", "deformity", "fracture", "mass", "rebound"}
"""Present in one part of the body and absent in another."""
_BARE = re.compile(
    r"(?:\b(?:no|not|denies|denied|denying|without|or|and|nor|any|w/o|neg|negative for)|[,/;:]|\bno \w+[,/])[ \n]*$",
    re.I,
)
_CONDITION = re.compile(
    r"[ ]*(?:\b(?:with|on|at|when|while|that|radiat\w+|in|from|over|or \w+ (?:with|on|at|in)|to|of|is|was|has|had|"
    r"reported|symptoms?|meds?|medications?|aid)\b|[-/])",
    re.I,
)
_REACH = 24
_DENIED_BY_SIGN = re.compile(r"-[ ](?![A-Z])")
_REPORTED_BY_SIGN = re.compile(r"(?:^|[\n.:])[ ]*\+[ ]")


def symptoms_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    mentions: dict[str, list[Term]] = {}
    for term in note.of(terms_in):
        if term.kind == "symptom" and term.name not in _OF_A_PLACE:
            mentions.setdefault(term.name, []).append(term)
    for name, terms in mentions.items():
        if len(terms) > 1:
            yield from _of_symptom(note, name, terms)


def _of_symptom(note: ParsedNote, name: str, terms: list[Term]) -> Iterator[TwoWays]:
    """Yield the first pair of a report and a denial that the note does not explain."""
    told: dict[bool, list[Place]] = {True: [], False: []}
    for term in terms:
        place = term.start, term.end
        denied = _is_denied(note, term) if note.section_at(term.start) in _TOLD_IN else None
        if denied is not None:
            told[denied].append(place)
    if told[False] and told[True]:
        reports, denials = ([each for each in told[denied] if not is_explained(note, each)] for denied in (False, True))
        if reports and denials:
            yield TwoWays("finding", "warning", reports[0], denials[0], f"Both reported and denied: {name}.")


def _is_denied(note: ParsedNote, term: Term) -> bool | None:
    """Return whether the term is denied, None where it is neither plainly denied nor plainly reported."""
    context = note.context(term.start, term.end)
    if context == {"negated"}:
        return None if _is_of_a_kind(note.text, term) else True
    if context:
        return None
    return True if _is_under_a_minus(note, term) else (None if _is_listed(note.text, term) else False)


def _is_of_a_kind(text: str, term: Term) -> bool:
    return not _BARE.search(text, max(0, term.start - _REACH), term.start) or bool(_CONDITION.match(text, term.end))


def _is_under_a_minus(note: ParsedNote, term: Term) -> bool:
    """Whether a sentence of a review of systems opens with "- ", after one that opens with "+ "."""
    start = note.sentence_at(term.start).start
    return bool(
        _DENIED_BY_SIGN.match(note.text, start) and _REPORTED_BY_SIGN.search(note.text, max(0, start - 200), start)
    )


_LABEL = re.compile(r"[ ]*(?::|[-–][ ]|\?|\([^)]*\)?:)")


def _is_listed(text: str, term: Term) -> bool:
    """Whether it is a label or a question, not a statement."""
    return bool(_LABEL.match(text, term.end))
