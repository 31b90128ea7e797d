"""What a physician would still be asked about the reasoning of a note: never text, always findings."""

from __future__ import annotations

from collections.abc import Mapping

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.decision_making import check_decision_making
from edscribe_pipelines.clinical.reasoning.disposition import check_disposition
from edscribe_pipelines.clinical.records import Encounter, Finding, Verdict


def check_reasoning(note: ParsedNote, gates: Mapping[str, Verdict], facts: Encounter | None) -> list[Finding]:
    """Return the open points of decision making and disposition, given the verdicts of their gates.

    Only what was written by nobody, whose decision making is not assessable, gets its open points as information.
    """
    structured = gates["decision_making"] == "not_assessable"
    return [
        *check_decision_making(note, gates["decision_making"], facts),
        *check_disposition(note, gates["disposition"], facts, structured=structured),
    ]
