"""Whether a note has its twelve sections and breaks no rule, judged by `clinical/` alone.

Completeness and documented fraction are two figures, never one: a note of twelve placeholders is
complete and documents nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from edscribe_pipelines.clinical.guardrails import check_note
from edscribe_pipelines.clinical.reading.note import section_states
from edscribe_pipelines.clinical.sections import SECTIONS


def score_structure(note: str) -> dict[str, Any]:
    """Return the figures of one note; `completeness` is the share of the twelve that is neither
    missing nor empty, `critical_findings` and `warnings` count findings by rule."""
    states = section_states(note)
    present = sum(state not in ("missing", "empty") for state in states.values())
    findings = check_note(note).findings
    critical = Counter(finding["rule"] for finding in findings if finding["severity"] == "critical")
    return {
        "section_states": dict(states),
        "completeness": present / len(SECTIONS),
        "complete_notes": present == len(SECTIONS),
        "documented_fraction": sum(state == "documented" for state in states.values()) / len(SECTIONS),
        "guardrail_compliant": not critical,
        "content_compliant": all(rule.startswith("section.") for rule in critical),
        "critical_findings": dict(critical),
        "warnings": dict(Counter(finding["rule"] for finding in findings if finding["severity"] == "warning")),
    }
