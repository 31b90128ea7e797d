"""Whether a note responds to a dangerous vital sign: `tables/vital_responses.csv`.

It does where a later value of the same vital sign is normal, or where the ED course or the decision making assess or
treat it in words that are not denied. That the response was the right one is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable

from edscribe_pipelines.clinical.patterns.pattern_set import PatternSet
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.clinical.vitals.mentions import VitalMention
from edscribe_pipelines.tables import read_table, table_cache

_COURSE = ("ED Course & Procedures", "Medical Decision Making", "Disposition")


def addressed(
    note: ParsedNote, dangerous: Iterable[VitalMention], measured: Iterable[VitalMention]
) -> frozenset[VitalMention]:
    """Return those of the dangerous values that the note responds to; `measured` are the values of the stay."""
    normal = {mention.field: mention.start for mention in measured if _is_normal(mention)}
    responses = note.of(_responses)
    return frozenset(
        mention
        for mention in dangerous
        if normal.get(mention.field, 0) > mention.start
        or (mention.field, vital_limits()[mention.field].alarm(mention.highest)) in responses
    )


def _is_normal(mention: VitalMention) -> bool:
    limit = vital_limits()[mention.field]
    return limit.is_possible(mention.value) and limit.alarm(mention.highest) is None


def _responses(note: ParsedNote) -> frozenset[tuple[str, str | None]]:
    """Return the vital signs and directions that the course responds to; without one, any part of the note may."""
    spans = [(start, end) for section, start, end in note.spans if section in _COURSE and end > start]
    return frozenset(
        key
        for begin, end in spans or [(0, len(note.text))]
        for key, match in _wording().matches(note.text[begin:end])
        if "negated" not in note.context(begin + match.start(), begin + match.end())
    )


@table_cache
def _wording() -> PatternSet[tuple[str, str]]:
    return PatternSet(((row["field"], row["direction"]), row["pattern"]) for row in read_table("vital_responses.csv"))
