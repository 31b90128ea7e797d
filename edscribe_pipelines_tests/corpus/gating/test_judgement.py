from typing import Any

import pytest

from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines.corpus.gating.judgement import GATES, Judgement, judge
from edscribe_pipelines_tests.builders import deidentified
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


def stay(**facts: Any) -> Any:
    """Return a de-identified stay without facts but the given ones."""
    return {**deidentified(), **encounter(), **facts}


def test_critical_finding_that_no_gate_is_about_keeps_a_case_out_all_the_same() -> None:
    assert judgement(finding("critical")).reasons == ["critical_finding"]


def test_failed_gate_is_the_reason_for_its_critical_finding() -> None:
    assert judgement(finding("critical"), guardrails="fail").reasons == ["gate_guardrails"]


def test_warning_keeps_nothing_out() -> None:
    assert judgement(finding("warning"), disposition="not_assessable").reasons == []


def test_identifier_in_the_prompt_fails_the_phi_gate() -> None:
    facts = stay(note_origin="physician", chief_complaint="Chest pain")
    assert judge("Chest pain", note_of(), "physician", facts).gates["phi"] == "pass"
    stopped = judge("SSN 078-05-1120", note_of(), "physician", facts)
    assert stopped.gates["phi"] == "fail"
    assert "gate_phi" in stopped.reasons
    assert "078" not in str(stopped.findings)


STAND_INS = ["415-555-0132", "Ada Marsh", "MXR88320175"]
SURROGATES = "Daughter Ada Marsh, 415-555-0132, card MXR88320175."


def gate_of_phi(prompt: str, note: str, stand_ins: list[str]) -> str:
    return judge(prompt, note, "physician", stay(stand_ins=stand_ins)).gates["phi"]


def test_stand_ins_of_the_stay_are_no_identifiers_in_prompt_and_note() -> None:
    note = note_of(social=SURROGATES)
    assert gate_of_phi(SURROGATES, note, []) == "fail"
    assert gate_of_phi(SURROGATES, note, STAND_INS) == "pass"


@pytest.mark.parametrize("real", ["415-555-0133", "SSN 078-05-1120", "MRN: 88320174", "seen 3/14/2024", "MXR88320179"])
def test_identifier_beside_stand_ins_still_fails_the_gate(real: str) -> None:
    assert gate_of_phi("Chest pain", note_of(social=f"{SURROGATES} {real}."), STAND_INS) == "fail"
    assert gate_of_phi(f"Complaint: {real} {SURROGATES}", note_of(), STAND_INS) == "fail"


def rules_about_sides(tier: Any) -> set[str]:
    note = note_of(history="Fell on the left knee. Left knee pain.", physical="Right knee swollen.")
    rules = {finding["rule"] for finding in judge("Knee pain", note, tier, stay()).findings}
    return {rule for rule in rules if rule.startswith("against_itself")}


def test_only_what_somebody_worded_is_held_against_itself() -> None:
    assert rules_about_sides("drafted") == {"against_itself.side"}
    assert rules_about_sides("rendered") == set()
