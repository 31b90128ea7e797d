from typing import Any

import pytest

from edscribe_pipelines.clinical.guardrails import check_lines, check_note
from edscribe_pipelines.clinical.records import NO_VITAL_SIGNS, Finding, validate
from edscribe_pipelines.clinical.sections import SECTIONS, heading
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines_tests.clinical.invented import encounter, note_of, undocumented_note

PHYSICIANS = encounter(note_origin="physician")


def critical(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding["rule"], finding["section"]) for finding in findings if finding["severity"] == "critical"]


def test_a_sound_physicians_note_passes_every_gate() -> None:
    report = check_note(note_of(), PHYSICIANS)
    assert report.passed
    assert set(report.gates.values()) == {"pass"}
    assert set(report.sections) == set(SECTIONS)


def test_a_dangerous_value_fails_the_guardrails_and_names_its_section() -> None:
    note = note_of(ed="Fentanyl 500 mcg IV.", physical="HR 320")
    report = check_note(note)
    assert not report.passed
    assert report.gates["guardrails"] == "fail"
    assert report.gates["sections"] == "pass"
    assert critical(report.findings) == [
        ("vital.heart_rate_bpm.impossible", "Physical Examination"),
        ("dose.fentanyl.single", "ED Course & Procedures"),
    ]


@pytest.mark.parametrize(("said", "rule"), [("TBD", "section.empty"), ("", "section.empty")])
def test_an_empty_section_is_critical(said: str, rule: str) -> None:
    report = check_note(note_of(allergies=said))
    assert critical(report.findings) == [(rule, "Allergies")]
    assert report.gates["sections"] == "fail"


def test_a_missing_section_is_critical_and_has_no_place() -> None:
    report = check_note(note_of(allergies="").replace(heading("Allergies"), ""))
    (finding,) = (finding for finding in report.findings if finding["rule"] == "section.missing")
    assert (finding["section"], finding["start"], finding["end"]) == ("Allergies", None, None)


def test_not_documented_is_information_beside_facts_and_warns_without() -> None:
    beside, without = check_note(undocumented_note(), encounter()), check_note(undocumented_note())
    assert beside.passed
    assert without.passed
    for report, severity in ((beside, "information"), (without, "warning")):
        found = [finding for finding in report.findings if finding["rule"] == "section.not_documented"]
        assert len(found) == 12
        assert {finding["severity"] for finding in found} == {severity}


@pytest.mark.parametrize(
    ("facts", "section"),
    [
        ({"chief_complaint": "Chest pain"}, "Chief Complaint"),
        ({"home_medications": [{"name": "aspirin"}]}, "Medications"),
        ({"triage": {**NO_VITAL_SIGNS, "heart_rate_bpm": 98.0}}, "Physical Examination"),
        ({"dispensed": [{"minute": 3, "name": "Morphine"}]}, "ED Course & Procedures"),
        ({"vitals": [{**NO_VITAL_SIGNS, "spo2_pct": 98.0, "rhythm": None, "minute": 0}]}, "ED Course & Procedures"),
        ({"diagnoses": [{"rank": 1, "code": "R079", "system": "icd10", "title": "Pain"}]}, "Medical Decision Making"),
        ({"disposition": "HOME"}, "Disposition"),
    ],
)
def test_a_withheld_fact_is_critical(facts: dict[str, Any], section: str) -> None:
    report = check_note(undocumented_note(), encounter(**facts))
    assert critical(report.findings) == [("section.fact_withheld", section)]
    assert report.gates["sections"] == "fail"


def test_a_structured_note_is_never_called_reasoned() -> None:
    for report in (check_note(note_of(), encounter()), check_note(note_of(), rendered=True)):
        assert report.gates["decision_making"] == report.gates["disposition"] == "not_assessable"
        open_points = [f for f in report.findings if f["rule"].startswith(("decision", "disposition"))]
        assert {finding["severity"] for finding in open_points} <= {"information"}


def test_a_discharge_without_return_precautions_warns() -> None:
    said = "Discharged home, pain resolved."
    rules = {finding["rule"] for finding in check_note(note_of(disposition=said)).findings}
    advised = check_note(note_of(disposition=f"{said} Return if the pain comes back."))
    assert "disposition.return_precautions" in rules
    assert "disposition.return_precautions" not in {finding["rule"] for finding in advised.findings}


def test_findings_have_a_place_a_source_and_no_words_of_the_note() -> None:
    note = note_of(ed="Zebrawood fentanyl 512 mcg, septic shock, HR 333", medical="Zebrawood", disposition="Zebrawood")
    report = check_note(note)
    assert len(report.findings) >= 5
    for finding in report.findings:
        validate(Finding, finding, "finding")
        assert finding["citation"]
        assert not {"Zebrawood", "512", "333"} & set(finding["message"].replace(",", " ").split())
        if finding["start"] is not None:
            assert 0 <= finding["start"] < (finding["end"] or 0) <= len(note)


def test_lines_give_the_documented_result() -> None:
    rows = [
        ("a, line 1", {"id": "1", "note": note_of()}),
        ("a, line 2", {"id": 2, "note": note_of(ed="Fentanyl 500 mcg")}),
        ("a, line 3", {"id": "3", "note": undocumented_note(), "source": {"disposition": "HOME"}}),
    ]
    first, second, third = check_lines(rows)
    assert set(first) == {"id", "passed", "sections", "findings"}
    assert (first["id"], first["passed"]) == ("1", True)
    assert (second["id"], second["passed"]) == (2, False)
    assert critical(third["findings"]) == [("section.fact_withheld", "Disposition")]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"note": "x"}, "id"),
        ({"id": "1"}, "note"),
        ({"id": "1", "note": 7}, "note"),
        ({"id": "1", "note": "x", "source": ["Zebrawood"]}, "source"),
        ({"id": "1", "note": "x", "source": {"triage": {"heart_rate_bpm": "Zebrawood"}}}, "triage.heart_rate_bpm"),
        ({"id": "1", "note": "x", "source": {"vitals": "Zebrawood"}}, "vitals"),
        ({"id": "1", "note": "x", "source": {"dispensed": [{"name": "Zebrawood"}]}}, "dispensed.0.minute"),
    ],
)
def test_a_bad_row_is_refused_by_place_and_field(row: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput, match=f"in.jsonl, line 4.*field {field}") as refused:
        list(check_lines([("in.jsonl, line 4", row)]))
    assert "Zebrawood" not in str(refused.value)


def test_a_side_that_the_record_tells_two_ways_warns_and_one_that_the_note_adds_blocks() -> None:
    note = note_of(
        chief="Left shoulder pain",
        history="Fell on the left shoulder.",
        physical="Left shoulder deformed.",
        ed="Closed reduction of the right shoulder.",
        medical="Differential: fracture, dislocation. Left shoulder dislocation.",
    )
    severities = []
    for title in ("Pain in left shoulder", "Dislocation of right shoulder; pain in left shoulder"):
        diagnosis = {"rank": 1, "code": "S43", "system": "icd10", "title": title}
        facts = encounter(note_origin="rendered", chief_complaint="Left shoulder pain", diagnoses=[diagnosis])
        found = [each for each in check_note(note, facts).findings if each["rule"] == "against_itself.side"]
        severities.append({each["severity"] for each in found})
    assert severities == [{"critical", "warning"}, {"warning"}]
