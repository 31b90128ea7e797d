"""Can't-miss diagnoses of a chief complaint that the note does not address.

The finding stands beside the note for the physician; nothing is ever written into the note.
"""

from __future__ import annotations

from collections.abc import Iterable

from edscribe_pipelines.clinical.reading.dispositions import HOME, disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.addressed import expected_diagnoses, is_addressed
from edscribe_pipelines.clinical.reasoning.complaints import CannotMiss, Complaint
from edscribe_pipelines.clinical.reasoning.findings import DECISION_MAKING, section_finding
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity


def check_rule_outs(note: ParsedNote, facts: Encounter | None, *, source_holds_reasoning: bool) -> list[Finding]:
    """Return one finding for each complaint with diagnoses that the note does not address.

    Where the note reasons about the patient it warns, and blocks if the patient goes home and a mandatory diagnosis
    of a published list is left out: of a patient who stays, others will think of it. It is information where the
    note's decision making or its source holds none.
    """
    reasons = note.states[DECISION_MAKING] in ("documented", "empty") and source_holds_reasoning
    goes_home = reasons and disposition_of(note) == HOME
    findings = []
    for complaint, expected in expected_diagnoses(note, facts):
        missing = [diagnosis for diagnosis in expected if not is_addressed(note, diagnosis)]
        if missing:
            findings.append(
                section_finding(
                    note,
                    f"rule_out.{complaint.name.replace(' ', '_')}",
                    _severity(missing, goes_home) if reasons else "information",
                    DECISION_MAKING,
                    _message(complaint, missing, len(expected) - len(missing)),
                    "; ".join(dict.fromkeys(diagnosis.citation for diagnosis in missing)),
                )
            )
    return findings


def _severity(missing: Iterable[CannotMiss], goes_home: bool) -> Severity:
    blocks = goes_home and any(each.is_mandatory and each.is_verified for each in missing)
    return "critical" if blocks else "warning"


def _message(complaint: Complaint, missing: Iterable[CannotMiss], addressed: int) -> str:
    must_first = sorted(missing, key=lambda diagnosis: not diagnosis.is_mandatory)
    named = "; ".join(each.diagnosis + (" (mandatory)" if each.is_mandatory else "") for each in must_first)
    return (
        f"Not addressed for {complaint.name}: {named}. Addressed: {addressed}, expected at least {complaint.minimum}."
    )
