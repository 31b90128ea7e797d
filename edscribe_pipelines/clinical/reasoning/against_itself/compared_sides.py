"""Which of two sides is worse, and the side of a central line, told two ways.

Both sides are ill in "left worse than right", and a line is no illness, so that neither is told by a region and its
side (`sided`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.sided import side_named
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import NOT_TODAYS, TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_WORSE = re.compile(
    r"\b(?P<side>[Ll]eft|[Rr]ight|[LR])(?: side| leg| arm)?(?: ?>+ ?|"
    r",? (?:is |are |was )?(?:much |slightly |significantly )?"
    r"(?:worse|greater|weaker|larger|bigger|more|stronger)(?: \w+)? than (?:the |on the )?)(?:[Ll]eft|[Rr]ight|[LR])\b"
)
_STRONGER = re.compile(r"stronger|better", re.I)
_OF_THE_LUNGS = re.compile(
    r"\b(?:crackles|rales|wheez\w+|rhonchi|breath|effusions?|infiltrat\w+|opacit\w+|lungs?)\b", re.I
)
_OF_SWELLING = re.compile(r"\b(?:o?edema|swell\w+|swollen|effusion)\b", re.I)
_SITES = ("neck", "chest", "groin")
_VESSELS = ("IJ", "jugular", "ubclavian", "emoral")
_LINE = re.compile(
    r"\b(?P<side>[Ll]eft|[Rr]ight|LEFT|RIGHT|[LR]) (?:(?P<neck>internal jugular|IJV?|jugular)|"
    r"(?P<chest>subclavian|SCV?)|"
    r"(?P<groin>(?:common )?femoral))(?: vein| venous)?(?: \w+){0,2}? "
    r"(?:line|catheter|CVC|TLC|cordis|introducer|sheath|central|access|vascath)\b",
    re.I,
)
_ANOTHER = re.compile(
    r"\b(?:attempt\w*|unsuccessful\w*|fail\w*|abandon\w*|remov\w+|replac\w+|second|another|exist\w+|old|tunnel\w+|port|"
    r"permcath|PICC|switch\w*|instead|then|arterial|artery|both|bilateral|previous\w*|prior)\b",
    re.I,
)


class _Compared(NamedTuple):
    topic: str
    side: str
    place: Place


def compared_sides_told_two_ways(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield the first pair of each topic whose sides differ."""
    for reason, told in (
        ("The worse side is told two ways.", _worse(note)),
        ("The side of a central line is told two ways.", _lines(note)),
    ):
        pairs = (pair for pair in combinations(told, 2) if _differ(note, *pair))
        pair = next(pairs, None)
        if pair:
            yield TwoWays("side", "warning", pair[0].place, pair[1].place, reason)


def _worse(note: ParsedNote) -> list[_Compared]:
    if " than " not in note.text and ">" not in note.text:
        return []
    return [
        _Compared(_topic(note, said.span()), side_named(said["side"]), said.span())
        for said in _WORSE.finditer(note.text)
        if not _STRONGER.search(said[0])
    ]


def _topic(note: ParsedNote, place: Place) -> str:
    sentence = note.sentence_at(place[0])
    around = note.text[max(sentence.start, place[0] - 50) : min(max(sentence.end, place[1]), place[1] + 20)]
    if _OF_THE_LUNGS.search(around):
        return "lungs"
    return "swelling" if _OF_SWELLING.search(around) else "limbs"


def _lines(note: ParsedNote) -> list[_Compared]:
    if not any(vessel in note.text for vessel in _VESSELS):
        return []
    found = [said for said in _LINE.finditer(note.text) if not note.context(*said.span()) & NOT_TODAYS]
    return [_Compared(said.lastgroup or "", side_named(said["side"]), said.span()) for said in found]


def _differ(note: ParsedNote, one: _Compared, other: _Compared) -> bool:
    if one.side == other.side or one.topic != other.topic:
        return False
    sentences = [note.sentence_at(each.place[0]) for each in (one, other)]
    if sentences[0] == sentences[1]:
        return False
    return not any(
        says_why(note, *each, "changed", "later") or (one.topic in _SITES and _ANOTHER.search(note.text, *each))
        for each in sentences
    )
