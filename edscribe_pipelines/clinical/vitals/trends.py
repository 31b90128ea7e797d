"""A patient sent home with a last vital sign that is dangerous.

Abnormal vital signs are common before unanticipated death after discharge from an ED. A later normal value ends the
matter; a reason to send the patient home all the same is the physician's to give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edscribe_pipelines.clinical.reading.dispositions import disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.vitals.limits import vital_limits
from edscribe_pipelines.clinical.vitals.mentions import VitalMention


def unstable_at_discharge(note: ParsedNote, measured: Sequence[VitalMention]) -> Iterator[VitalMention]:
    """Yield the last value of each vital sign that is dangerous in a patient who goes home."""
    last = {mention.field: mention for mention in measured}
    dangerous = [mention for mention in last.values() if is_dangerous(mention)]
    if dangerous and disposition_of(note) == "HOME":
        yield from sorted(dangerous, key=lambda mention: mention.start)


def is_dangerous(mention: VitalMention) -> bool:
    """Whether the value exists and is alarming."""
    limit = vital_limits()[mention.field]
    return limit.is_possible(mention.value) and limit.alarm(mention.highest) is not None
