"""Findings about a section or a sentence of a note, and the three sections that hold a physician's decisions."""

from __future__ import annotations

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Finding, Severity

PLAN = "The project's plan, section 2.2: quality gates"
DECISION_MAKING = "Medical Decision Making"
DISPOSITION = "Disposition"
DECIDED_IN = (DISPOSITION, DECISION_MAKING, "ED Course & Procedures")


def section_finding(
    note: ParsedNote, rule: str, severity: Severity, section: str, message: str, citation: str
) -> Finding:
    """Return a finding at the first span of `section`, without a place where the note has none."""
    span = next((span for span in note.spans if span.section == section), None)
    return {
        "rule": rule,
        "severity": severity,
        "section": section,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "message": message,
        "citation": citation,
    }


def place_finding(
    note: ParsedNote, rule: str, severity: Severity, place: tuple[int, int], message: str, citation: str
) -> Finding:
    start, end = place
    return {
        "rule": rule,
        "severity": severity,
        "section": note.section_at(start),
        "start": start,
        "end": end,
        "message": message,
        "citation": citation,
    }


def cited(row: dict[str, str]) -> str:
    return f"{row['source']} ({row['year']})"
