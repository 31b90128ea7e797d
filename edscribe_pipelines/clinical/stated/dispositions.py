"""How the stay ended, as the disposition section states it; wording in `tables/dispositions.csv`."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.patterns.prefilter import Prefilter
from edscribe_pipelines.clinical.stated.clauses import clause_before
from edscribe_pipelines.tables import read_table, table_cache

_AGAINST_ADVICE = "LEFT AGAINST MEDICAL ADVICE"
_DID_NOT_HAPPEN = re.compile(
    r"\b(?:not|no|without|pending|likely|possibl[ey]|potential|anticipat\w+|expect\w*|consider\w*|may|might|"
    r"whether|versus|vs|refus\w+|declin\w+|instead of|rather than|threaten\w*|want\w*|wish\w*)\b"
    r"(?:(?!\b(?:and|but|then|so)\b)[^,]){0,40}$|\b(?:if|unless|once)\b.{0,60}$",
    re.I,
)


def stated_disposition(section: str) -> str | None:
    """Return the disposition in MIMIC-IV-ED's words, None where what is named is conditional.

    It is the one named first, as what follows is often what comes later; but leaving against advice wherever
    it is named, as it is told as a discharge too.
    """
    named = sorted(
        (match.start(), name)
        for name, words in _wording_in(section)
        for match in words.finditer(section)
        if not _DID_NOT_HAPPEN.search(clause_before(section, match.start()))
    )
    names = [name for _, name in named]
    return _AGAINST_ADVICE if _AGAINST_ADVICE in names else next(iter(names), None)


def _wording_in(section: str) -> list[tuple[str, re.Pattern[str]]]:
    """Return each wording, by what it means, of which the section has what it demands."""
    wording, prefilter = _wording()
    return [wording[number] for number, _ in prefilter.candidates(section)]


@table_cache
def _wording() -> tuple[list[tuple[str, re.Pattern[str]]], Prefilter]:
    wording = [(row["disposition"], re.compile(row["pattern"], re.I)) for row in read_table("dispositions.csv")]
    return wording, Prefilter([words.pattern for _, words in wording], {})
