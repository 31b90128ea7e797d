from typing import Any

from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.corpus.gating.judgement import GATES, Judgement, judge
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


def finding(severity: Any) -> Finding:
    return {
        "rule": "allergy.conflict",
        "severity": severity,
        "section": None,
        "start": None,
        "end": None,
        "message": "A drug that the patient is allergic to was given.",
        "citation": None,
    }


def judgement(*findings: Finding, **failed: Any) -> Judgement:
    return Judgement({gate: failed.get(gate, "pass") for gate in GATES}, list(findings))


def test_critical_finding_that_no_gate_is_about_keeps_a_case_out_all_the_same() -> None:
    assert judgement(finding("critical")).reasons == ["critical_finding"]


def test_failed_gate_is_the_reason_for_its_critical_finding() -> None:
    assert judgement(finding("critical"), guardrails="fail").reasons == ["gate_guardrails"]


def test_warning_keeps_nothing_out() -> None:
    assert judgement(finding("warning"), disposition="not_assessable").reasons == []


def test_identifier_in_the_prompt_fails_the_phi_gate() -> None:
    facts = encounter(note_origin="physician", chief_complaint="Chest pain")
    assert judge("Chest pain", note_of(), "physician", facts).gates["phi"] == "pass"
    stopped = judge("SSN 078-05-1120", note_of(), "physician", facts)
    assert stopped.gates["phi"] == "fail"
    assert "gate_phi" in stopped.reasons
    assert "078" not in str(stopped.findings)
