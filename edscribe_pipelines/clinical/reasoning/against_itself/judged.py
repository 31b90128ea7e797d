"""A value that does not fit its own sentence: "lithium 2.8 is therapeutic", "122 is above the 150 line"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.measures import (
    Limits,
    Measured,
    limits_of_measures,
    measured_in,
)
from edscribe_pipelines.clinical.reasoning.against_itself.told_twice import TwoWays
from edscribe_pipelines.clinical.reasoning.against_itself.wordings import Wordings
from edscribe_pipelines.clinical.reasoning.vocabulary import places_of

_JUDGED = (
    r"(?P<word>(?:sub|supra)?-?therapeutic|normal|low|high|elevated|raised|negative|toxic|"
    r"within normal limits|reassuring)"
)
_BEHIND = re.compile(
    r"[ ]?(?:[a-zA-Zµ]{1,5}/(?:d?L|mL)|mL|ms|%|sec)?(?:[ ]?\([^)]{0,24}\))?"
    rf"(?:,|[ ](?:is|was|are|remains?|which is)|:|[ ]-)?[ ](?:well |now |"
    rf"still )?{_JUDGED}\b(?![ ](?:enough|dose|risk|anion|gap|saline|suspicion|limit))(?![ ]?[/-])",
    re.I,
)
_BEFORE = re.compile(
    rf"(?:[.,;:(\n][ ]?|\b(?:an?|the|with|and|has|had|given|by)[ ]){_JUDGED}[ ](?:serum[ ]|repeat[ ])?$", re.I
)
_COMPARED = re.compile(
    r"(?<![\d.,/-])(?P<value>\d{1,3}(?:,\d{3})+|\d{1,4}(?:\.\d+)?)(?:[ ]?[a-zA-Zµ]{1,5}/d?m?L)?(?:[ ]\([^)]{0,20}\))?,?"
    r"[ ](?:is |was |are |which is |remains |falls |plots |lies |well |just |far |clearly )*"
    r"(?P<relation>above|over|exceed(?:s|ing|ed)?|(?:greater|higher|more|less|lower) than|below|under)"
    r"(?P<what>[ ](?:[a-zA-Z-]+[ ]){0,5})(?P<limit>\d{1,4}(?:\.\d+)?)(?![\d:/])(?P<behind>[^.;\n]{0,25})",
    re.I,
)
_A_LIMIT = re.compile(r"\b(?:line|threshold|cut-?off|limit|mark|nomogram|upper|level of concern)\b", re.I)
_LIMITS = Wordings(lambda: (("limit", _A_LIMIT.pattern),))
_LESS = ("less", "lower", "below", "under")


def values_against_judgements(note: ParsedNote) -> Iterator[TwoWays]:
    for measure, limits in limits_of_measures().items():
        if places_of(note, "measure", measure):
            for told in measured_in(note, measure):
                yield from _judged(note, told, limits)


def comparisons_that_fail(note: ParsedNote) -> Iterator[TwoWays]:
    """Yield a value that is called above or below a limit and lies on the other side of it."""
    if not _LIMITS.matches_in(note):
        return
    for match in _COMPARED.finditer(note.text):
        if _A_LIMIT.search(match["what"] + match["behind"]):
            value, limit = (float(match[name].replace(",", "")) for name in ("value", "limit"))
            is_less = match["relation"].lower().startswith(_LESS)
            if (value > limit) if is_less else (value < limit):
                reason = f"The value is not {match['relation'].lower()} the limit."
                yield TwoWays("judgement", "warning", match.span("value"), match.span("limit"), reason)


def _judged(note: ParsedNote, told: Measured, limits: Limits) -> Iterator[TwoWays]:
    if not told.values or told.is_bound:
        return
    word = _BEHIND.match(note.text, told.end) or _BEFORE.search(note.text, max(0, told.start - 24), told.start)
    if word and not _fits(word["word"].lower(), told.values[-1], limits):
        reason = f"The value of {told.measure} is not what is called {word['word'].lower()}."
        yield TwoWays("judgement", "warning", (told.start, told.end), word.span("word"), reason, limits.citation)


def _fits(word: str, value: float, limits: Limits) -> bool:
    if "therapeutic" in word or word == "toxic":
        return _fits_level(word.replace("-", ""), value, limits)
    low, high = limits.low, limits.high
    if word in ("low", "high", "elevated", "raised"):
        middle = (low + high) / 2 if low is not None and high is not None else None
        return middle is None or (value < middle if word == "low" else value > middle)
    return (low is None or value >= low) and (high is None or value <= high)


def _fits_level(word: str, value: float, limits: Limits) -> bool:
    low, high = limits.low_therapeutic, limits.high_therapeutic
    if low is None or high is None:
        return True
    if word == "therapeutic":
        return low <= value <= high
    return value < (low + high) / 2 if word == "subtherapeutic" else value > (low + high) / 2
