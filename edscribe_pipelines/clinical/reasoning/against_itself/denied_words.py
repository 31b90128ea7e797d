"""What a note denies in some words and reports in the same words elsewhere.

What is denied is read from the wording behind a denial ("no wet tap", "denies retching"). One word counts where it is a
finding of `tables/words_of_denials.csv`; two and more count unless all of them are words of little there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from edscribe_pipelines.clinical.grounding.whole_words import plain_words_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.both_right import (
    are_of_two_sides,
    is_but_for_the_rest,
    is_of_another_or_elsewhere,
)
from edscribe_pipelines.clinical.reasoning.against_itself.plain_statements import is_plain_report
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import Difference, TwoWays, says_why
from edscribe_pipelines.clinical.reasoning.vocabulary import Place
from edscribe_pipelines.tables import read_table, table_cache

_DECIDED, _EXAM, _RESULTS = "Medical Decision Making", "Physical Examination", "Labs & Imaging"
_TOLD = {"Chief Complaint", "History of Present Illness", "Review of Systems", "Social History"}
_SEEN = {_EXAM, _RESULTS}
_TOLD_IN = _TOLD | {_EXAM, _RESULTS, _DECIDED}
_OPENS = re.compile(r"[ :\[]*(?:(?:had|have|been|any|evidence of|signs? of|no|definite)[ ])*")
_PHRASE = re.compile(r"[A-Za-z][A-Za-z-]*(?:[ ][A-Za-z][A-Za-z-]*){0,2}(?=(?P<end>[ ]*(?:[.;,:)\]\n/|]|$|->)|[ ]\w+))")
_LISTED = re.compile(r"[ ]*(?:,[ ]*(?:and|or|nor)?|/|\b(?:and|or|nor)\b)[ ]*(?:(?:no|not|nor|any)[ ])?", re.I)
_OF_A_KIND = re.compile(r"\b(?:new|other|further|more|longer|additional)[ ]?$", re.I)
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])[:.h]?[0-5]\d\b")
_MOST_ITEMS = 12
_BEFORE, _BEHIND = 25, 35
"""Characters around a statement in which an explanation belongs to it."""
_ENDINGS = (("ies", "y"), ("ches", "ch"), ("sses", "ss"), ("s", ""))
_KEEPS_S = ("ss", "us", "is", "ps")


class _Denied(NamedTuple):
    stem: str
    place: Place


def denied_words_reported(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield each phrase that is denied in one place and plainly reported in another, once."""
    denied: dict[str, list[Place]] = {}
    for start in _beginnings(note):
        for each in _list_behind(note, start):
            denied.setdefault(each.stem, []).append(each.place)
    words = note.of(plain_words_of) if denied else ""
    for stem, denials in denied.items():
        pair = _reported(note, stem, denials, words)
        if pair:
            yield TwoWays("finding", "warning", *pair, "Both reported and denied, in the same words.")


def _beginnings(note: ParsedNote) -> list[int]:
    starts = {scope.start for scope in note.scopes if scope.context == "negated"}
    return sorted(
        start
        for start in starts
        if note.section_at(start) in (*_TOLD_IN, None) and not _OF_A_KIND.search(note.text, max(0, start - 12), start)
    )


def _list_behind(note: ParsedNote, start: int) -> Iterator[_Denied]:
    """Yield the items of a list of denials that begins at `start`, up to one that is none."""
    opened = _OPENS.match(note.text, start)
    start = opened.end() if opened else start
    kinds = _kinds()
    for _ in range(_MOST_ITEMS):
        phrase = _PHRASE.match(note.text, start)
        if not phrase:
            return
        words = phrase[0].lower().split(" ")
        count = next((number for number, word in enumerate(words) if word in kinds["end"]), len(words))
        if not count or not kinds["turn"].isdisjoint(words[:count]):
            return
        end = start + len(" ".join(words[:count]))
        is_whole = count < len(words) or phrase["end"]
        if count == len(words) and not phrase["end"]:
            return
        restricts = _RESTRICTS[: len(_RESTRICTS) if count == 1 else 3]
        if is_whole and _says_much(words[:count]) and not note.text.startswith(restricts, end):
            yield _Denied(_stem(" ".join(words[:count])), (start, end))
        comma = _LISTED.match(note.text, end)
        if not comma:
            return
        start = comma.end()


_RESTRICTS = (" at ", " on ", " with ", " in ", " over ", " of ", " for ", " to ", " after ")
"""Only some of it is denied; a phrase is restricted by the first of them alone."""


def _says_much(words: list[str]) -> bool:
    kinds = _kinds()
    if len(words) == 1:
        return words[0] in kinds["finding"] or _stem(words[0]) in kinds["finding"]
    return words[-1] not in kinds["vague"] and not kinds["little"].issuperset(words)


def _stem(words: str) -> str:
    for ending, other in _ENDINGS:
        if words.endswith(ending) and not words.endswith(_KEEPS_S):
            return words[: -len(ending)] + other
    return words


def _reported(note: ParsedNote, stem: str, denials: list[Place], words: str) -> tuple[Place, Place] | None:
    start = words.find(stem)
    while start >= 0:
        end = start + len(stem)
        while end < len(words) and words[end] != " ":
            end += 1
        is_word = (not start or words[start - 1] == " ") and _stem(words[start:end]) == stem
        if is_word and not any(here <= start < there for here, there in denials):
            denial = next((each for each in denials if _is_against(note, (start, end), each)), None)
            if denial and is_plain_report(note, (start, end)):
                return (start, end), denial
        start = words.find(stem, end)
    return None


def _is_against(note: ParsedNote, report: Place, denial: Place) -> bool:
    here, there = note.section_at(report[0]), note.section_at(denial[0])
    if here not in _TOLD_IN or there is None or (here in _SEEN and there in _TOLD):
        return False
    if (there == _EXAM and here in _TOLD) or {here, there} == _SEEN or is_but_for_the_rest(note, denial):
        return False
    if are_of_two_sides(note, report, denial) or is_of_another_or_elsewhere(note, report, denial, told=here in _TOLD):
        return False
    first, second = sorted((report, denial))
    if note.sentence_at(report[0]) == note.sentence_at(denial[0]) or (
        here == there and _CLOCK.search(note.text, first[1], second[0])
    ):
        return False
    of_report: tuple[Difference, ...] = ("changed", "statement") if here in _SEEN else ("changed",)
    return not says_why(note, *_around(note, report), *of_report) and not says_why(
        note, *_around(note, denial), "changed", "later"
    )


def _around(note: ParsedNote, place: Place) -> Place:
    """Return the part of the sentence in which an explanation belongs to the place."""
    sentence = note.sentence_at(place[0])
    return max(sentence.start, place[0] - _BEFORE), min(max(sentence.end, place[1]), place[1] + _BEHIND)


@table_cache
def _kinds() -> dict[str, frozenset[str]]:
    kinds: dict[str, frozenset[str]] = {}
    for row in read_table("words_of_denials.csv"):
        kinds[row["kind"]] = kinds.get(row["kind"], frozenset()) | frozenset(row["words"].split(";"))
    return kinds
