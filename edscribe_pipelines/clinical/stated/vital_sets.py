"""The sets of vital signs that a note states of this stay: at triage, and later ones that it gives a time for.

Placing a value wrongly is worse than missing it. What was measured before the stay, elsewhere, in another
person or at a time that the note does not give is left out, and so is what cannot be true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.clauses import clause_after, clause_before
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS, TimedVitalSigns, VitalSigns
from edscribe_pipelines.clinical.stated.minutes import minutes_after_arrival
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.clinical.vitals.mentions import VitalMention, mentions_in
from edscribe_pipelines.clinical.vitals.relations import are_reversed, grouped

_AT_TRIAGE = re.compile(
    r"\b(?:triage|initial(?:ly)?|(?:on|upon|at) (?:arrival|presentation)|arrival|presenting)\b", re.I
)
_TRIAGE_LINE = re.compile(r"[\W_]*(?:ED[ \t]+)?(?:triage|initial|arrival)\b", re.I)
_NOT_HERE_AND_NOW = re.compile(
    r"\b(?:EMS|medics?|paramedics?|(?:on|at) (?:the )?scene|en route|pre-?hospital|in the field|home|PCP\w*|office|"
    r"clinic|urgent care|nursing home|OSH|outside|transferring|baseline|usual\w*|typical\w*|normally|runs?|chronic\w*|"
    r"prior|previous\w*|yesterday|last|ago|watch|recent\w*|earlier|reported|tmax|E[CK]G|holter|mother|father|baby|"
    r"fetal|fetus|wife|husband|son|daughter|return (?:if|for|precautions)|orthostatic\w*|standing)\b",
    re.I,
)
_BY_OTHERS_AFTER = re.compile(
    r"[ \t,]*\(?(?:(?:by|per|with|at|in|on)[ \t]+)?(?:(?:the|his|her|an?)[ \t]+)?"
    r"(?:EMS|medics?|paramedics?|scene|field|home|PCP|office|clinic|urgent care|nursing home|OSH|yesterday|last)\b",
    re.I,
)
_ASIDE = re.compile(r"\([^()\n]*\d[^()\n]*\)")
"""Another value beside the one that counts: "BP 92/54 (baseline 140/80)"."""
_LATER = re.compile(
    r"\b(?:repeat\w*|re-?check\w*|re-?assess\w*|re-?eval\w*|now|after|post|subsequent\w*|later|then|improved|"
    r"(?:at|on|prior to|before) (?:discharge|transfer|dispo\w*)|discharge|down|up to|dropped|fell|rose|"
    r"\d+ ?(?:minutes?|mins?|hours?|(?-i:hrs?)))\b",
    re.I,
)
_WITHOUT_MARK = {None, "Physical Examination"}
"""Where vital signs are those of arrival unless the note says otherwise: before the first heading (None) and
in the examination."""
_WITH_MARK = {"Chief Complaint", "History of Present Illness", "ED Course & Procedures", "Medical Decision Making"}
_TRIAGE_WITHIN = 30
"""Minutes after arrival up to which a first set counts as that of triage."""
_GAP = 120
"""Values further apart, in characters, or with a blank line between them were not measured together."""


class VitalSets(NamedTuple):
    triage: VitalSigns | None
    later: list[TimedVitalSigns]


def vital_sets(note: str) -> VitalSets:
    """Return the first set of the stay, None where it is not certain which that is, and the later sets whose
    minute the note gives, in order of time."""
    sets = grouped(_mentions_of_the_stay(note), partial(_were_together, note))
    placed = [(minutes_after_arrival(note, said[0].start), said) for said in sets]
    first = next((said for _, said in placed if _is_at_triage(note, said)), None) or next(
        (said for minute, said in placed if (minute or 0) <= _TRIAGE_WITHIN and _is_unmarked(note, said)), None
    )
    later = [(minute, said) for minute, said in placed if minute and said is not first]
    return VitalSets(
        triage=_values(first) if first else None,
        later=[
            {**_values(said), "minute": minute, "rhythm": None} for minute, said in sorted(later, key=itemgetter(0))
        ],
    )


def _were_together(note: str, group: list[VitalMention], mention: VitalMention) -> bool:
    between = note[group[-1].end : mention.start]
    return (
        len(between) <= _GAP
        and "\n\n" not in between
        and parse_note(note).section_at(mention.start) == parse_note(note).section_at(group[0].start)
        and not _LATER.search(between + note[mention.start : mention.end])
        and minutes_after_arrival(note, mention.start) == minutes_after_arrival(note, group[0].start)
        and mention.field not in {said.field for said in group}
    )


def _mentions_of_the_stay(note: str) -> Iterator[VitalMention]:
    for said in _places(note):
        if not are_reversed(said) and _is_here_and_now(note, said[0]):
            yield from (mention for mention in said if _is_possible(mention))


def _places(note: str) -> Iterator[list[VitalMention]]:
    """Yield what is plainly stated at each place."""
    mentions = [mention for mention in mentions_in(note) if mention.kind == "value" and mention.field in NO_VITAL_SIGNS]
    for _, said in groupby(mentions, key=attrgetter("start", "end")):
        yield list(said)


def _is_here_and_now(note: str, mention: VitalMention) -> bool:
    before = _ASIDE.sub("", clause_before(note, mention.start)) + note[mention.start : mention.end]
    return (
        parse_note(note).section_at(mention.start) in _WITHOUT_MARK | _WITH_MARK
        and not _NOT_HERE_AND_NOW.search(before)
        and not _BY_OTHERS_AFTER.match(clause_after(note, mention.end))
        and not note.startswith("s", mention.end)
    )


def _is_possible(mention: VitalMention) -> bool:
    limit = vital_limits()[mention.field]
    return limit.possible_low <= mention.value <= limit.possible_high


def _is_at_triage(note: str, said: Sequence[VitalMention]) -> bool:
    line_start = note.rfind("\n", 0, said[0].start) + 1
    return bool(
        _TRIAGE_LINE.match(note, line_start, said[0].start)
        or _AT_TRIAGE.search(_words(note, said))
        or _AT_TRIAGE.search(clause_after(note, said[-1].end)[:30])
    )


def _is_unmarked(note: str, said: Sequence[VitalMention]) -> bool:
    """Pain alone may be told of any time: it is no set of vital signs."""
    measured = any(mention.field != "pain_0_10" for mention in said)
    return (
        measured
        and parse_note(note).section_at(said[0].start) in _WITHOUT_MARK
        and not _LATER.search(_words(note, said))
    )


def _words(note: str, said: Sequence[VitalMention]) -> str:
    return clause_before(note, said[0].start) + note[said[0].start : said[0].end]


def _values(said: Sequence[VitalMention]) -> VitalSigns:
    return {**NO_VITAL_SIGNS, **{mention.field: mention.value for mention in said}}  # type: ignore[typeddict-item]
