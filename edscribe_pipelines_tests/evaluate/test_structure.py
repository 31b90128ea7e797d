from __future__ import annotations

from edscribe_pipelines.evaluate.structure import score_structure


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
