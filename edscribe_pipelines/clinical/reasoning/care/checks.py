"""Everything that is asked about the care of one note."""

from __future__ import annotations

from collections.abc import Iterable

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.care.given import given_although
from edscribe_pipelines.clinical.reasoning.care.late import too_late
from edscribe_pipelines.clinical.reasoning.care.left_out import left_out
from edscribe_pipelines.clinical.records import Encounter, Finding

_OF_TIMES = (".order", ".time")


def check_care(note: ParsedNote, facts: Encounter | None, of_protocols: Iterable[Finding]) -> list[Finding]:
    """Return what is asked. Times are left to a protocol that has asked for one already."""
    late = [] if any(each["rule"].endswith(_OF_TIMES) for each in of_protocols) else too_late(note)
    return [*given_although(note), *left_out(note, facts), *late]
