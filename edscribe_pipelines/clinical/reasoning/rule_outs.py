"""Can't-miss diagnoses of a chief complaint that the note does not address.

The finding stands beside the note for the physician; nothing is ever written into the note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edscribe_pipelines.clinical.reading.dispositions import HOME, disposition_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.addressed import (
    expected_diagnoses,
    is_addressed,
    is_weighed,
    weighed_names,
)
from edscribe_pipelines.clinical.reasoning.complaints import CannotMiss, Complaint
from edscribe_pipelines.clinical.reasoning.findings import DECISION_MAKING, section_finding
from edscribe_pipelines.clinical.records import Encounter, Finding, Severity

_WEIGHS_OTHERS = 3
"""A decision making that names fewer diagnoses of the complaint is no list to find a gap in."""


def check_rule_outs(note: ParsedNote, facts: Encounter | None, *, source_holds_reasoning: bool) -> list[Finding]:
    """Return one finding for each complaint with diagnoses that the note does not address.

    Where the note reasons about the patient it warns, and blocks if the patient goes home and a mandatory diagnosis
    of a published list is left out: of a patient who stays, others will think of it. It blocks wherever the patient
    goes if the decision making weighs several diagnoses of the main complaint, and not one that is to be weighed. It
    is information where the note's decision making or its source holds none.
    """
    reasons = note.states[DECISION_MAKING] in ("documented", "empty") and source_holds_reasoning
    goes_home = reasons and disposition_of(note) == HOME
    findings = []
    complaints = expected_diagnoses(note, facts)
    for complaint, expected in complaints:
        missing = [diagnosis for diagnosis in expected if not is_addressed(note, diagnosis)]
        passed_over = _passed_over(note, expected) if reasons and complaint is complaints[0][0] else []
        if passed_over:
            findings.append(_never_weighed(note, complaint, passed_over))
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


def _passed_over(note: ParsedNote, expected: Sequence[CannotMiss]) -> list[CannotMiss]:
    """Return what is to be weighed and is not, where the decision making weighs enough of the others."""
    weighed = sum(is_weighed(note, diagnosis) for diagnosis in expected)
    if weighed < _WEIGHS_OTHERS:
        return []
    named = note.of(weighed_names)
    return [diagnosis for diagnosis in expected if diagnosis.to_be_weighed and named.isdisjoint(diagnosis.names)]


def _never_weighed(note: ParsedNote, complaint: Complaint, passed_over: Sequence[CannotMiss]) -> Finding:
    named = "; ".join(diagnosis.diagnosis for diagnosis in passed_over)
    return section_finding(
        note,
        f"rule_out.{complaint.name.replace(' ', '_')}",
        "critical",
        DECISION_MAKING,
        f"The decision making weighs other causes of {complaint.name} and not: {named}.",
        "; ".join(dict.fromkeys(diagnosis.citation for diagnosis in passed_over)),
    )


def _severity(missing: Iterable[CannotMiss], goes_home: bool) -> Severity:
    blocks = goes_home and any(each.is_mandatory and each.is_verified for each in missing)
    return "critical" if blocks else "warning"


def _message(complaint: Complaint, missing: Iterable[CannotMiss], addressed: int) -> str:
    must_first = sorted(missing, key=lambda diagnosis: not diagnosis.is_mandatory)
    named = "; ".join(each.diagnosis + (" (mandatory)" if each.is_mandatory else "") for each in must_first)
    return (
        f"Not addressed for {complaint.name}: {named}. Addressed: {addressed}, expected at least {complaint.minimum}."
    )
