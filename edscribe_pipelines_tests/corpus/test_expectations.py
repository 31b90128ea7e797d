import os
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import GatedCase, to_frame
from edscribe_pipelines.corpus.expectations import enforce_gates
from edscribe_pipelines_tests.clinical.invented import note_of

CASE: dict[str, Any] = {
    "case_id": "c-1",
    "encounter_id": "e-1",
    "patient_key": "p-1",
    "data_use": "open",
    "tier": "physician",
    "note_origin": "physician",
    "revises": None,
    "prompt": "Complaint: Chest pain",
    "completion": note_of(),
    "metadata": {"chief_complaint": "Chest pain", "esi_level": 2, "disposition": "ADMITTED", "protocols": []},
    "provenance": [],
    "gate_sections": "pass",
    "gate_guardrails": "pass",
    "gate_decision_making": "not_assessable",
    "gate_disposition": "pass",
    "gate_phi": "pass",
    "findings": [],
}


def cases(*changes: dict[str, Any]) -> pl.DataFrame:
    return to_frame(GatedCase, [{**CASE, "case_id": f"c-{n}", **changed} for n, changed in enumerate(changes)])


def failed(frame: pl.DataFrame) -> list[str]:
    return [result.name for result in enforce_gates(frame) if not result.success]


def test_sound_cases_meet_every_expectation() -> None:
    results = enforce_gates(cases({}, {}))
    assert all(result.success for result in results)
    assert {result.evaluated for result in results} == {2}
    assert {name.split(":")[0] for name in (result.name for result in results)} >= {
        "expect_notes_to_have_twelve_sections",
        "expect_notes_to_break_no_guardrail",
    }


def test_a_month_without_cases_meets_every_expectation() -> None:
    assert failed(cases()) == []


@pytest.mark.parametrize(
    ("planted", "expectation"),
    [
        ({"completion": note_of(ed="Fentanyl 500 mcg")}, "expect_notes_to_break_no_guardrail:completion"),
        ({"completion": note_of(physical="HR 320")}, "expect_notes_to_break_no_guardrail:completion"),
        ({"completion": note_of(allergies="TBD")}, "expect_notes_to_have_twelve_sections:completion"),
        ({"completion": None}, "expect_column_values_to_not_be_null:completion"),
        ({"case_id": "c-0"}, "expect_column_values_to_be_unique:case_id"),
        ({"tier": "found"}, "expect_column_values_to_be_in_set:tier"),
        ({"data_use": "secret"}, "expect_column_values_to_be_in_set:data_use"),
        ({"gate_phi": "fail"}, "expect_column_values_to_be_in_set:gate_phi"),
        ({"gate_disposition": None}, "expect_column_values_to_not_be_null:gate_disposition"),
    ],
)
def test_one_bad_row_fails_its_expectation_alone(planted: dict[str, Any], expectation: str) -> None:
    assert failed(cases({}, planted)) == [expectation]


def test_neither_result_nor_output_holds_text_of_a_failing_note(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        results = enforce_gates(cases({}, {"completion": note_of(ed="Zebrawood fentanyl 500 mcg")}))
    shown = capfd.readouterr()
    assert not all(result.success for result in results)
    assert "Zebrawood" not in f"{results}{shown.out}{shown.err}{caplog.text}"
    assert not shown.out + shown.err


def test_analytics_are_off() -> None:
    enforce_gates(cases())
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
