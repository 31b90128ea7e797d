"""How the stay ended, as the disposition section states it.

It is what happened, not what was offered, considered, declined or
planned. Wording in `tables/dispositions.csv`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from edscribe_pipelines.clinical.patterns.prefilter import Prefilter
from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.tables import forgotten_with_tables, read_table, table_cache

SECTION = "Disposition"
HOME = "HOME"
_AGAINST_ADVICE = "LEFT AGAINST MEDICAL ADVICE"
_BY_THEMSELVES = (_AGAINST_ADVICE, "ELOPED", "LEFT WITHOUT BEING SEEN", "EXPIRED")
"""Each is told as a discharge, too, or beside one that was planned."""
_OPENS_ANEW = re.compile(r"[,:]|\b(?:and|but|then|so|instead)\b")
_DID_NOT_HAPPEN = re.compile(
    r"\b(?:not|no|never|without|pending|likely|unlikely|possibl[ey]|potential|anticipat\w+|expect\w*|consider\w*|may|"
    r"might|would|could|should|whether|versus|vs|or|refus\w+|declin\w+|instead of|rather than|threaten\w*|want\w*|"
    r"wish\w*|offer\w*|discuss\w*|recommend\w*|advis\w+|suggest\w*|request\w*|ask\w*|plan(?:ned|s|ning)?|aim\w*|hop\w+|"
    r"going to|eventual|any|candidate for|criteria for|need for|threshold for|avoid\w*|prefer\w*|insist\w* on|last|"
    r"previous\w*|recent\w*|thought|presumed|believed|feared)\b[^,:]*$",
    re.I,
)
_DEPENDS = re.compile(
    r"\b(?:if|unless|once|when|until|in case|should \w+)\b[^.;\n]*$|\b(?:before|prior to|after|since)\b[^,.;\n]*$", re.I
)
_CAME_TO_NOTHING = re.compile(
    r"[ \t]*(?:(?!and\b|but\b|then\b)\w+[ \t]+){0,3}?(?:(?:was|were|is|had been|has been)[ \t]+)?(?:both[ \t]+)?"
    r"(?:offered|declined|refused|considered|discussed|recommended|advised|suggested|proposed|planned|cancel+ed|requested|"
    r"deferred|not[ \t]+(?:needed|required|indicated|warranted|felt|necessary|wanted|accepted)|unnecessary|tomorrow|"
    r"in the morning|if|when|once|vs\.?|versus|or|criteria)\b"
    r"|[^.;\n]*\b(?:cancel+ed|called[ \t]+off|fell[ \t]+through|did[ \t]+not[ \t]+happen)\b",
    re.I,
)
_A_PLAN = re.compile(r"\bplan\b|^\W*p\b", re.I)
_NOT_ONLY_A_PLAN = re.compile(r"\b(?:dispo\w*|discharge|outcome)\b", re.I)
_LONGEST_HEADING = 30
_LEFT = re.compile(
    r"\b(?:left|leaving|departed|accepted|transported|went|gone|given|(?:bed|ward)[ \t]+\d+|\d{1,2}[:.h]\d\d"
    r"|[012]\d[0-5]\d)\b",
    re.I,
)


def disposition_of(note: ParsedNote) -> str | None:
    """Return the disposition in MIMIC-IV-ED's words, None where the note states none as a fact."""
    section = note.sections.get(SECTION, "")
    return stated_disposition(section, is_plan=_is_plan(note) and not _LEFT.search(section))


def _is_plan(note: ParsedNote) -> bool:
    """Whether the section is what a heading calls a plan."""
    content = note.reading.content
    headings = [
        note.text[note.text.rfind("\n", 0, each.opening) + 1 : each.start][:_LONGEST_HEADING]
        for each in (content.passages if content else ())
        if each.section == SECTION
    ]
    return any(_A_PLAN.search(each) for each in headings) and not any(map(_NOT_ONLY_A_PLAN.search, headings))


@forgotten_with_tables
@lru_cache(maxsize=4)
def stated_disposition(section: str, *, is_plan: bool = False) -> str | None:
    """Return the disposition in MIMIC-IV-ED's words, None where what is named is conditional.

    It is the one named first, as what follows is often what comes later; but one that the patient brings about
    wherever it is named, and one that a ward tells only where there is no other. Of a plan only what is told as done
    counts.
    """
    section = chosen(section)
    named = sorted(
        (only_alone, match.start(), -match.end(), name)
        for name, words, only_alone in _wording_in(section)
        for match in words.finditer(section)
        if _happened(section, match) and (not is_plan or _is_done(name, match[0]))
    )
    names = [name for *_, name in named]
    return next((name for name in names if name in _BY_THEMSELVES), next(iter(names), None))


def _happened(section: str, match: re.Match[str]) -> bool:
    word = match.end() - len(match[0].lstrip(" \t.,;:|\n→-0123456789"))
    before = clause_before(section, word)
    clause = _OPENS_ANEW.split(before)[-1]
    return not (
        _DID_NOT_HAPPEN.search(clause)
        or _DEPENDS.search(before)
        or _CAME_TO_NOTHING.match(clause_after(section, match.end()))
    )


def _is_done(name: str, words: str) -> bool:
    return name in _BY_THEMSELVES or words.endswith("ed")


class _Wording(NamedTuple):
    disposition: str
    words: re.Pattern[str]
    only_alone: bool
    """Whether it counts only where there is no other."""


def _wording_in(section: str) -> list[_Wording]:
    """Return each wording of which the section has what it demands."""
    wording, prefilter = _wording()
    return [wording[number] for number, _ in prefilter.candidates(section)]


@table_cache
def _wording() -> tuple[list[_Wording], Prefilter]:
    wording = [
        _Wording(row["disposition"], re.compile(row["pattern"], re.I), row["only_alone"] == "yes")
        for row in read_table("dispositions.csv")
    ]
    return wording, Prefilter([each.words.pattern for each in wording], {})
