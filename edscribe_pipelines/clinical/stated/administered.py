"""The doses that a note says were given in the ED.

A dose of status "ed" may also be ordered or planned only; here it must be said to be given, or stand in the ED
course without a word against it. A rate, a dose by weight and a drug measured in mL are no amount that was given.
"""

from __future__ import annotations

import re
from operator import attrgetter

from edscribe_pipelines.clinical.medications.mentions import DoseMention, ed_doses
from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.records import Administered
from edscribe_pipelines.clinical.stated.fluid_mentions import fluid_mentions

_COURSE = "ED Course & Procedures"
_ALSO_TOLD_IN = {None, "Medical Decision Making", "Labs & Imaging"}
_SAID_TO_BE_GIVEN = re.compile(
    r"\b(?:given|gave|received|administered|treated|pushed|dosed|got|medicated|loaded|bolused|after|improved with)\b",
    re.I,
)
_GIVEN_AFTER = re.compile(
    r".{0,30}\b(?:given|administered|infused|with (?:good )?(?:relief|improvement|effect))\b", re.I
)
_NOT_GIVEN = re.compile(
    r"\b(?:not (?:yet )?(?:been )?(?:received|given|administered)|to be|will|plan\w*|consider\w*|"
    r"recommend\w*|if|would|should|may|can|could|offer\w*|orders?|ordered|prescri\w+|rx|"
    r"discharge\w*|to take|prn|as needed|EMS|medics?|paramedics?|en route|pre-?hospital|scene|field|clinic|"
    r"urgent care|OSH|outside|PCP|home|facility|at risk|usual\w*)\b",
    re.I,
)
_GIVEN_ELSEWHERE = re.compile(
    r"\b(?:by|per|with|from) (?:EMS|medics?|paramedics?|the ambulance)"
    r"|\b(?:en route|PTA|prior to arrival|before arrival|pre-?hospital|"
    r"at (?:home|clinic|OSH|urgent care|the (?:clinic|scene|outside hospital)))\b",
    re.I,
)
_REGIMEN_AFTER = re.compile(
    r"^[^.,;\n]{0,25}\b(?:prn|as needed|q ?\d{1,2} ?h\w*|every \d+ hours?|for \d+ days?|x ?\d+ ?days?)\b", re.I
)


def administered_doses(note: str) -> list[Administered]:
    """Return the doses in the order of the note; one that a later section tells again counts once."""
    given: list[tuple[str | None, DoseMention]] = []
    doses = [dose for dose in ed_doses(parse_note(note)) if dose.per is None and dose.unit != "mL"]
    for mention in sorted((*doses, *fluid_mentions(note)), key=attrgetter("start")):
        section = parse_note(note).section_at(mention.start)
        if _was_given(note, section, mention) and not _is_told_again(section, mention, given):
            given.append((section, mention))
    return [_administered(mention) for _, mention in given]


def _was_given(note: str, section: str | None, mention: DoseMention) -> bool:
    before, after = clause_before(note, mention.start), clause_after(note, mention.end)
    if mention.is_total or mention.low is not None or _REGIMEN_AFTER.search(after):
        return False
    if _NOT_GIVEN.search(before) or _NOT_GIVEN.search(after[:20]) or _GIVEN_ELSEWHERE.search(after):
        return False
    is_said = bool(_SAID_TO_BE_GIVEN.search(before) or _GIVEN_AFTER.match(after))
    return section == _COURSE or (section in _ALSO_TOLD_IN and is_said)


def _is_told_again(section: str | None, mention: DoseMention, given: list[tuple[str | None, DoseMention]]) -> bool:
    same = (mention.drug, mention.amount, mention.unit)
    return any((told.drug, told.amount, told.unit) == same and place != section for place, told in given)


def _administered(mention: DoseMention) -> Administered:
    return {
        "name": mention.drug,
        "amount": mention.amount,
        "unit": mention.unit,  # type: ignore[typeddict-item]
        "route": None if mention.route == "unstated" else mention.route,
        "times": mention.times,
    }
