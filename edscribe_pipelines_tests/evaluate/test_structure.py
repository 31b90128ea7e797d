from __future__ import annotations

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, heading
from edscribe_pipelines.evaluate.structure import applied_gates, score_structure

TRIAGE = ("Chief Complaint", "Medications", "Physical Examination")
WRITTEN = {
    "Chief Complaint": "Chest pain, sepsis alert called.",
    "Medications": "Home medications: aspirin.",
    "Physical Examination": "Chief complaint: as above.\nTriage vital signs: HR 98, BP 142/81.",
}


def of_triage(**contents):
    return "\n\n".join(f"{heading(section)}\n{(WRITTEN | contents)[section]}" for section in TRIAGE)


def test_twelve_placeholders_are_complete_and_document_nothing(note):
    figures = score_structure(note({}))
    assert figures["complete_notes"]
    assert figures["guardrail_compliant"]
    assert figures["documented_fraction"] == 0.0


def test_missing_section_is_incomplete_and_breaks_no_rule_on_content(note):
    figures = score_structure(note({"Allergies": "penicillin"}).replace("DISPOSITION\n", ""))
    assert not figures["complete_notes"]
    assert figures["completeness"] == 11 / 12
    assert not figures["guardrail_compliant"]
    assert figures["content_compliant"]


def test_impossible_vital_sign_is_counted_by_its_rule(note):
    figures = score_structure(note({"Physical Examination": "HR 998"}))
    assert not figures["content_compliant"]
    assert sum(figures["critical_findings"].values()) == 1


def test_no_note_at_all_has_no_section():
    figures = score_structure("")
    assert figures["completeness"] == 0.0
    assert not figures["guardrail_compliant"]


def test_nothing_is_asked_of_a_section_that_the_note_need_not_have():
    figures = score_structure(of_triage(), TRIAGE)
    assert figures["section_states"] == dict.fromkeys(TRIAGE, "documented")
    assert (figures["completeness"], figures["complete_notes"], figures["guardrail_compliant"]) == (1.0, True, True)
    assert figures["warnings"] == {}


def test_steps_of_a_protocol_are_asked_for_where_the_note_has_a_course():
    asked = score_structure(of_triage() + "\n\nED COURSE & PROCEDURES\nMonitored.", (*TRIAGE, "ED Course & Procedures"))
    assert asked["warnings"] == {"protocol.sepsis.steps": 1}
    assert score_structure(of_triage(), TRIAGE)["warnings"] == {}


def test_note_of_fewer_sections_lacks_nine_as_a_note_of_twelve():
    figures = score_structure(of_triage(**{"Physical Examination": "HR 98"}))
    assert figures["completeness"] == 3 / 12
    assert figures["critical_findings"] == {"section.missing": 9}


def test_section_that_it_must_have_is_still_asked_for():
    for note in (of_triage().removesuffix(WRITTEN["Physical Examination"]), of_triage(Medications=" ")):
        figures = score_structure(note, TRIAGE)
        assert figures["completeness"] == 2 / 3
        assert figures["critical_findings"] == {"section.empty": 1}
    assert score_structure("", TRIAGE)["critical_findings"] == {"section.missing": 3}


def test_placeholder_in_a_section_that_it_must_have_documents_nothing():
    figures = score_structure(of_triage(Medications=NOT_DOCUMENTED), TRIAGE)
    assert figures["documented_fraction"] == 2 / 3
    assert figures["warnings"] == {"section.not_documented": 1}


def test_what_a_surplus_section_says_is_judged():
    for surplus in ("PHYSICAL EXAMINATION\nHR 998", "ED COURSE & PROCEDURES\nHR 998"):
        figures = score_structure(f"{of_triage()}\n\n{surplus}", TRIAGE)
        assert figures["complete_notes"]
        assert not figures["content_compliant"]


def test_gates_on_sections_that_the_note_need_not_have_are_not_applied():
    assert all(applied_gates((*TRIAGE, "Medical Decision Making", "Disposition")).values())
    assert applied_gates(TRIAGE) == {
        "sections": True,
        "guardrails": True,
        "decision_making": False,
        "disposition": False,
    }
