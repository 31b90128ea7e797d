"""Whether a note has the sections that it must have and breaks no rule, judged by `clinical/` alone.

Completeness and documented fraction are two figures, never one: a note of placeholders alone is complete and
documents nothing. The rules are those of a note of all twelve sections. What they ask for in a section that the
specialty's note has not does not count; what the note says counts wherever it says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.reading.headed import headed_states
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading

_GATES = {
    "sections": None,
    "guardrails": None,
    "decision_making": "Medical Decision Making",
    "disposition": "Disposition",
}
"""The section that each gate of `check_note` asks for, None for those of every note."""
_COURSE = "ED Course & Procedures"
"""Where a note shows the steps of a protocol."""


def score_structure(note: str, sections: Collection[str] = SECTIONS) -> dict[str, Any]:
    """Return the figures of one note that must have `sections`; `completeness` is the share of them that is
    neither missing nor empty, `critical_findings` and `warnings` count findings by rule."""
    read = with_absent_sections(note, sections)
    states = {section: state for section, state in headed_states(read).items() if section in sections}
    present = sum(state not in ("missing", "empty") for state in states.values())
    findings = [finding for finding in check_note(read, headed=True).findings if _counts(finding, note, sections)]
    critical = Counter(finding["rule"] for finding in findings if finding["severity"] == "critical")
    return {
        "section_states": states,
        "completeness": present / len(sections),
        "complete_notes": present == len(sections),
        "documented_fraction": sum(state == "documented" for state in states.values()) / len(sections),
        "guardrail_compliant": not critical,
        "content_compliant": all(rule.startswith("section.") for rule in critical),
        "critical_findings": dict(critical),
        "warnings": dict(Counter(finding["rule"] for finding in findings if finding["severity"] == "warning")),
    }


def applied_gates(sections: Collection[str]) -> dict[str, bool]:
    """Return for each gate whether it is asked of a note that has `sections`."""
    return {gate: section is None or section in sections for gate, section in _GATES.items()}


def with_absent_sections(note: str, sections: Collection[str]) -> str:
    """Return `note`, followed by the sections that it need not have, so that it is read as one of all twelve:
    by its own headings and no synonyms."""
    absent = (section for section in SECTIONS if section not in sections)
    return "\n\n".join([note, *(f"{heading(section)}\n{NOT_DOCUMENTED}" for section in absent)])


def _counts(finding: Finding, note: str, sections: Collection[str]) -> bool:
    if finding["rule"].startswith("protocol."):
        return _COURSE in sections
    said = finding["start"] is not None and finding["start"] < len(note)
    return said or finding["section"] in (None, *sections)
