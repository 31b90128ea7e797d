"""Allergens that a sentence tells: "allergic to X and Y", "X allergy", "hives with X", "X made her throat close"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.allergy_words import cue
from edscribe_pipelines.clinical.medications.names import DrugMention

_LONGEST_LIST = 12
_TO = re.compile(
    r"\b(?P<now>allergic reactions? to)|\b(?:allerg(?:ic|y|ies)(?: to)?|anaphyla\w+ (?:to|with|after))\b", re.I
)
_FIRST_GAP = re.compile(
    r"[ \t]*(?:[:|=–-]|->|include|including|are|is)?[ \t]*"
    r"(?:(?:the|any|all|oral|IV|intravenous|both|drugs?)[ \t]+){0,2}",
    re.I,
)
_NEXT_GAP = re.compile(r"[ \t]*(?:\([^)\n]{0,40}\))?[ \t]*[,/&+]?[ \t]*(?:and|or)?[ \t]*(?:to[ \t]+)?", re.I)
_ALLERGY_BEHIND = re.compile(
    r"(?:[ \t-](?:drug|medication|class|drugs|antibiotic))?(?:[ \t]\([^)\n]{1,40}\))?[ \t-](?:anaphylactic )?allerg",
    re.I,
)
_NO_DRUG_OF_TODAY = re.compile(r"\b(?:here|in the (?:ED|ER)|today|after (?:the )?(?:first|second) dose here)\b", re.I)


class ToldAllergen(NamedTuple):
    """`is_now` where the reaction happens now, `is_named` where it is called an allergy."""

    mention: DrugMention
    is_now: bool
    is_named: bool


def allergens_named(text: str, mentions: Sequence[DrugMention], start: int, end: int) -> Iterator[ToldAllergen]:
    """Yield those of the drugs of text[start:end] that it calls allergens."""
    for lead in _TO.finditer(text, start, end):
        for mention in _list_behind(text, mentions, lead.end()):
            yield ToldAllergen(mention, bool(lead["now"]), True)
    for mention in mentions:
        if _ALLERGY_BEHIND.match(text, mention.end, end):
            yield ToldAllergen(mention, False, True)


def allergens_of_reactions(text: str, mentions: Sequence[DrugMention], start: int, end: int) -> Iterator[ToldAllergen]:
    """Yield those to which it tells a reaction; a drug that reactions are treated with is none."""
    for lead in cue("told_before").finditer(text, start, end):
        for mention in _list_behind(text, mentions, lead.end()):
            if not _is_remedy(text, mention):
                yield ToldAllergen(mention, bool(_NO_DRUG_OF_TODAY.search(text, start, end)), False)
    for mention in mentions:
        if cue("told_behind").match(text, mention.end, end) and not _is_remedy(text, mention):
            yield ToldAllergen(mention, bool(_NO_DRUG_OF_TODAY.search(text, start, end)), False)


def _list_behind(text: str, mentions: Sequence[DrugMention], place: int) -> Iterator[DrugMention]:
    """Yield the drugs that stand at text[place:] as one list."""
    gap = _FIRST_GAP
    following = mentions[bisect_left(mentions, place, key=lambda mention: mention.start) :][:_LONGEST_LIST]
    for mention in following:
        if not gap.fullmatch(text, place, mention.start):
            return
        yield mention
        place, gap = mention.end, _NEXT_GAP


def _is_remedy(text: str, mention: DrugMention) -> bool:
    return cue("remedy").fullmatch(text, mention.start, mention.end) is not None
