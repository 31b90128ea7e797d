"""A patient sent home with a last vital sign that is dangerous.

Abnormal vital signs are common before unanticipated death after discharge from an ED. A later normal value ends the
matter; a reason to send the patient home all the same is the physician's to give. Nobody leaves alive with what is
beyond `tables/discharge_limits.csv`, unless the note says that it is known, has passed, or is not to be treated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edscribe_pipelines.clinical.reading.dispositions import SECTION, disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.statements import goes_home
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.clinical.vitals.mentions import VitalMention
from edscribe_pipelines.tables import read_table, table_cache


class LeavingLimit(NamedTuple):
    """A value beyond `low` or `high` is none to leave with, unless the note says `unless` behind it."""

    low: float
    high: float
    message: str
    unless: re.Pattern[str]
    citation: str


def unstable_at_discharge(note: ParsedNote, measured: Sequence[VitalMention]) -> Iterator[VitalMention]:
    """Yield the last value of each vital sign that is dangerous in a patient who goes home."""
    last = {mention.field: mention for mention in measured}
    dangerous = [mention for mention in last.values() if is_dangerous(mention)]
    if dangerous and _leaves_for_home(note):
        yield from sorted(dangerous, key=lambda mention: mention.start)


def _leaves_for_home(note: ParsedNote) -> bool:
    stated = disposition_of(note)
    return stated == "HOME" or (stated in (None, "ADMITTED") and goes_home(note))


def is_dangerous(mention: VitalMention) -> bool:
    """Whether the value exists and is alarming."""
    limit = vital_limits()[mention.field]
    return limit.is_possible(mention.value) and limit.alarm(mention.highest) is not None


def leaving_limit(note: ParsedNote, mention: VitalMention, last: Sequence[VitalMention] = ()) -> LeavingLimit | None:
    """Return the limit beyond which the value is none to leave with, None where it is within or explained.

    Where another of the `last` values is beyond its limit, too, only the disposition explains both.
    """
    limit = _beyond(mention)
    if limit is None:
        return None
    with_others = any(each.field not in (mention.field, *_OF_ONE) and _beyond(each) for each in last)
    behind = note.sections.get(SECTION, "") if with_others else note.text[mention.end :]
    return None if limit.unless.search(behind) else limit


_OF_ONE = ("map_mmhg", "dbp_mmhg")
"""Told with the systolic pressure, of which they are no second sign."""


def _beyond(mention: VitalMention) -> LeavingLimit | None:
    limit = _limits().get(mention.field)
    return None if limit is None or limit.low <= mention.highest <= limit.high else limit


@table_cache
def _limits() -> dict[str, LeavingLimit]:
    return {
        row["field"]: LeavingLimit(
            float(row["low"] or "-inf"),
            float(row["high"] or "inf"),
            row["message"],
            re.compile(row["unless"], re.I),
            f"{row['source']} ({row['year']})",
        )
        for row in read_table("discharge_limits.csv")
    }
