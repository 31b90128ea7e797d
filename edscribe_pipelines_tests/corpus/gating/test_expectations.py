import os
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import GatedCase, to_frame
from edscribe_pipelines.corpus.gating.expectations import WARNINGS, hold_cases, hold_month
from edscribe_pipelines.corpus.gating.judgement import judge
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame
from edscribe_pipelines_tests.clinical.invented import note_of

CASE: dict[str, Any] = {
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
STAYS = deidentified_frame(deidentified(encounter_id="e-1", sex="M", note=note_of(), note_origin="physician"))


def cases(*changes: dict[str, Any]) -> pl.DataFrame:
    return to_frame(GatedCase, [{**CASE, "case_id": f"c-{n}", **changed} for n, changed in enumerate(changes)])


def failed(frame: pl.DataFrame) -> list[str]:
    return [outcome.name for outcome in hold_cases(frame, STAYS) if not outcome.met]


def test_sound_cases_meet_every_expectation() -> None:
    outcomes = hold_cases(cases({}, {}), STAYS)
    assert all(outcome.met for outcome in outcomes)
    assert {outcome.rows for outcome in outcomes} == {2}
    gates = {"gate_sections", "gate_guardrails", "gate_decision_making", "gate_disposition", "gate_phi"}
    assert {outcome.name for outcome in outcomes} >= gates | {"no_critical_finding"}
    assert all(outcome.meaning.endswith(".") for outcome in outcomes)


def test_month_without_cases_meets_every_expectation() -> None:
    assert failed(cases()) == []


@pytest.mark.parametrize(
    ("planted", "expectations"),
    [
        ({"completion": note_of(ed="Fentanyl 500 mcg IV given.")}, {"gate_guardrails", "no_critical_finding"}),
        ({"completion": note_of(allergies="TBD")}, {"gate_sections", "no_critical_finding"}),
        ({"completion": note_of(medical="Chest pain.")}, {"gate_decision_making"}),
        ({"completion": note_of(disposition="Admitted.")}, {"gate_disposition"}),
        ({"completion": note_of(social="Call 415-555-0132.")}, {"gate_phi", "no_critical_finding"}),
        ({"prompt": "Call 415-555-0132."}, {"gate_phi", "no_critical_finding"}),
        ({"completion": None}, {"completion:present"}),
        ({"tier": "found"}, {"tier:known"}),
        ({"data_use": "secret"}, {"data_use:known"}),
        ({"gate_phi": "fail"}, {"gate_phi:known"}),
        ({"gate_disposition": None}, {"gate_disposition:present"}),
    ],
)
def test_one_bad_row_fails_the_expectations_on_it_alone(planted: dict[str, Any], expectations: set[str]) -> None:
    missed = set(failed(cases({}, planted)))
    assert missed - {"no_critical_finding"} == expectations - {"no_critical_finding"}
    assert missed >= expectations


def test_each_text_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from edscribe_pipelines.corpus.gating import note_expectations

    judged: list[str] = []

    def counted(prompt: str, *rest: Any) -> Any:
        judged.append(prompt)
        return judge(prompt, *rest)

    monkeypatch.setattr(note_expectations, "judge", counted)
    assert failed(cases({"prompt": "first"}, {"prompt": "second"})) == []
    assert judged == ["first", "second"]


def test_neither_outcome_nor_output_holds_text_of_a_failing_note(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        outcomes = hold_cases(cases({}, {"completion": note_of(ed="Zebrawood fentanyl 500 mcg IV given.")}), STAYS)
    shown = capfd.readouterr()
    assert not all(outcome.met for outcome in outcomes)
    assert "Zebrawood" not in f"{outcomes}{shown.out}{shown.err}{caplog.text}"
    assert not shown.out + shown.err


def test_notes_that_cannot_be_judged_count_as_not_met_and_are_not_quoted(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    broken = STAYS.drop("note_origin")
    with caplog.at_level("DEBUG"):
        outcomes = hold_cases(cases({"completion": note_of(social="Zebrawood")}), broken)
    shown = capfd.readouterr()
    assert "gate_sections" in [outcome.name for outcome in outcomes if not outcome.met]
    assert "Zebrawood" not in f"{outcomes}{shown.out}{shown.err}{caplog.text}"


def test_analytics_are_off() -> None:
    hold_cases(cases(), STAYS)
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def month(*changes: dict[str, Any]) -> pl.DataFrame:
    schema = {
        "encounter_id": pl.String,
        "acuity": pl.String,
        "complaint": pl.String,
        "case_id": pl.String,
        "cases": pl.UInt32,
        "critical": pl.UInt32,
        "quarantined": pl.UInt32,
    }
    stay = {"acuity": "ESI 3", "complaint": "chest pain", "cases": 1, "critical": 0, "quarantined": 0}
    rows = [{"encounter_id": f"e-{n}", "case_id": f"c-{n}", **stay, **changed} for n, changed in enumerate(changes)]
    return pl.DataFrame(rows, schema=schema)


KEPT_OUT = {"case_id": None, "cases": 0, "quarantined": 1}


def missed(stays: pl.DataFrame, recorded: int | None = None) -> list[str]:
    counted = int(stays["cases"].sum()) if recorded is None else recorded
    return [outcome.name for outcome in hold_month(stays, counted) if not outcome.met]


def test_sound_month_meets_every_expectation() -> None:
    assert missed(month({}, {}, {"acuity": "ESI 1", "complaint": "fever"}, KEPT_OUT)) == []


def test_month_without_cases_is_only_warned_about() -> None:
    assert set(missed(month())) <= set(WARNINGS)
    assert "size" in missed(month())
    assert missed(month(KEPT_OUT)) == ["size", "acceptance"]


@pytest.mark.parametrize(
    ("planted", "expectation"),
    [
        ({"case_id": "c-0"}, "case_id:once"),
        ({"quarantined": 1}, "stay:once"),
        ({"case_id": None, "cases": 0}, "stay:once"),
        ({"acuity": None}, "stay:known"),
        ({"critical": 1}, "stored_findings"),
    ],
)
def test_one_bad_stay_fails_its_expectation_alone(planted: dict[str, Any], expectation: str) -> None:
    assert missed(month({}, {}, planted)) == [expectation]


def test_lost_cases_are_noticed() -> None:
    assert missed(month({}, {}), recorded=3) == ["cases:recorded"]


def test_stratum_that_became_no_case_is_noticed() -> None:
    rest = [{"acuity": f"ESI {2 + place % 3}", "complaint": "fever"} for place in range(60)]
    dropped = [{**KEPT_OUT, "acuity": "ESI 1", "complaint": "fever"}] * 10
    assert missed(month(*rest, *dropped)) == ["acuity_mix"]
    dropped = [{**KEPT_OUT, "acuity": f"ESI {2 + place % 3}", "complaint": "stroke"} for place in range(10)]
    assert missed(month(*rest, *dropped)) == ["complaint_mix"]


def test_few_cases_of_many_stays_are_noticed() -> None:
    assert missed(month({}, KEPT_OUT, KEPT_OUT)) == ["acceptance"]
