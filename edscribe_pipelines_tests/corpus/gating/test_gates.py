from pathlib import Path
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import DeidentifiedNote, GatedCase, polars_schema
from edscribe_pipelines.corpus.gating.gates import Gated, gate_corpus
from edscribe_pipelines.corpus.gating.judgement import GATES
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.notes.encounters import note_encounters, read_notes
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame
from edscribe_pipelines_tests.conftest import TakenIn

SECTIONS = {
    "Chief Complaint": "Chest pain",
    "History of Present Illness": "Two hours of chest pain.",
    "Review of Systems": "Denies fever.",
    "Past Medical/Surgical History": "Hypertension.",
    "Medications": "aspirin; metoprolol tartrate",
    "Allergies": "No known drug allergies.",
    "Social History": "Does not smoke.",
    "Physical Examination": "HR 104, BP 142/81. Alert.",
    "ED Course & Procedures": "Aspirin 324 mg PO given. HR 98 at 41 min.",
    "Labs & Imaging": "First troponin negative.",
    "Medical Decision Making": "Differential: ACS, PE. PE is unlikely at a low Wells score.",
    "Disposition": "Admitted to telemetry because of ongoing symptoms.",
}


def gated(*stays: dict[str, Any]) -> Gated:
    frame = deidentified_frame(*stays)
    synthesis = synthesise_cases(frame)
    return gate_corpus(frame, synthesis.cases, synthesis.refused)


def noted(**changes: str | None) -> dict[str, Any]:
    written = {section: changes.get(section, content) for section, content in SECTIONS.items()}
    note = "\n\n".join(f"{section}: {content}" for section, content in written.items() if content is not None)
    return deidentified(note=note, note_origin="physician")


def test_sound_physicians_note_passes_every_gate() -> None:
    (case,) = gated(noted()).passed.to_dicts()
    assert {gate: case[f"gate_{gate}"] for gate in GATES} == dict.fromkeys(GATES, "pass")


def test_reasoning_of_a_rendered_note_is_not_assessable_and_it_passes() -> None:
    (case,) = gated(deidentified()).passed.to_dicts()
    assert (case["gate_sections"], case["gate_guardrails"], case["gate_phi"]) == ("pass", "pass", "pass")
    assert (case["gate_decision_making"], case["gate_disposition"]) == ("not_assessable", "not_assessable")


@pytest.mark.parametrize(
    ("section", "content", "reason"),
    [
        ("Allergies", "TBD", "gate_sections"),
        ("ED Course & Procedures", "Fentanyl 500 mcg IV given.", "gate_guardrails"),
        ("Physical Examination", "SpO2 10%, HR 98.", "gate_guardrails"),
        ("Medical Decision Making", "Chest pain.", "gate_decision_making"),
        ("Disposition", "Admitted.", "gate_disposition"),
        ("Social History", "Call 415-555-0132.", "gate_phi"),
    ],
)
def test_each_gate_keeps_a_case_out(section: str, content: str, reason: str) -> None:
    result = gated(noted(**{section: content}))
    assert result.passed.is_empty()
    assert result.quarantined["reasons"].to_list() == [[reason]]
    assert result.quarantined["stage"].to_list() == ["gated_corpus"]


def test_finding_names_the_shape_that_the_phi_gate_found() -> None:
    (row,) = gated(noted(**{"Social History": "Call 415-555-0132."})).quarantined.to_dicts()
    (finding,) = [finding for finding in row["findings"] if finding["severity"] == "critical"]
    assert finding["rule"] == "phi.phone"
    assert finding["start"] is None


def test_cases_keep_every_column_of_theirs() -> None:
    frame = deidentified_frame(deidentified(encounter_id="e-1"), noted() | {"encounter_id": "e-2"})
    synthesis = synthesise_cases(frame)
    passed = gate_corpus(frame, synthesis.cases, synthesis.refused).passed
    assert passed.schema == polars_schema(GatedCase)
    rendered = passed.filter(pl.col("encounter_id") == "e-1")
    assert rendered.select(synthesis.cases.columns).equals(synthesis.cases)


def test_fact_that_a_physicians_note_withholds_keeps_it_out() -> None:
    assert gated(noted(Medications=None)).quarantined["reasons"].to_list() == [["gate_sections"]]


def test_note_without_headings_goes_to_quarantine() -> None:
    result = gated(deidentified(note="She fell.", note_origin="physician"))
    assert result.quarantined["reasons"].to_list() == [["note_without_headings"]]


def test_note_that_the_phi_gate_stopped_goes_to_quarantine() -> None:
    stopped = deidentified(note=None, note_origin="physician", phi_gate="fail", chief_complaint=None)
    assert gated(stopped).quarantined["reasons"].to_list() == [["phi_gate_failed", "no_chief_complaint"]]


def test_quarantine_holds_no_text() -> None:
    result = gated(noted(Allergies="TBD", **{"Social History": "Works at the quarry."}))
    assert "quarry" not in str(result.quarantined.to_dicts())


def test_note_with_stand_ins_passes_and_one_with_an_identifier_beside_them_does_not() -> None:
    stand_ins = {"Social History": "Lives with Ada Marsh, 415-555-0132."}
    leaking = {"Social History": "Lives with Ada Marsh, 415-555-0132, or call 415-555-0199."}
    rows = [noted(**said) | {"stand_ins": ["415-555-0132", "Ada Marsh"]} for said in (stand_ins, leaking)]
    result = gated(rows[0] | {"encounter_id": "e-1"}, rows[1] | {"encounter_id": "e-2"})
    assert result.passed["encounter_id"].to_list() == ["e-1"]
    assert result.quarantined.select("encounter_id", "reasons").rows() == [("e-2", ["gate_phi"])]


def test_stays_that_an_older_version_stored_are_refused_and_not_judged() -> None:
    stays = deidentified_frame(noted()).drop("stand_ins")
    with pytest.raises(CorpusInvariant, match="lacks stand_ins: an older version stored it"):
        gate_corpus(stays, *_nothing(stays))


def test_no_stays_give_empty_tables() -> None:
    result = gated()
    assert result.passed.schema == polars_schema(GatedCase)
    assert result.quarantined.is_empty()


@pytest.fixture(scope="module")
def judged(taken_in: TakenIn) -> Gated:
    return gate_corpus(taken_in.stays, taken_in.synthesis.cases, taken_in.synthesis.refused)


def test_every_stay_is_in_the_corpus_or_in_quarantine_once(taken_in: TakenIn, judged: Gated) -> None:
    accounted = pl.concat([judged.passed["encounter_id"], judged.quarantined["encounter_id"]])
    assert sorted(accounted) == sorted(taken_in.stays["encounter_id"])
    assert (judged.quarantined["reasons"].list.len() > 0).all()


def test_rendered_notes_break_no_gate(taken_in: TakenIn, judged: Gated) -> None:
    assert set(judged.quarantined["stage"]) == {"synthetic_cases"}
    assert judged.passed.height == taken_in.synthesis.cases.height
    for gate in GATES:
        assert "fail" not in set(judged.passed[f"gate_{gate}"])


@pytest.mark.mimic_demo
def test_demo_has_222_stays_of_which_five_make_no_case(demo: TakenIn) -> None:
    assert demo.stays.height == 222
    assert demo.synthesis.cases.height == 217
    assert dict(demo.synthesis.refused.explode("reasons")["reasons"].value_counts().iter_rows()) == {
        "left_without_being_seen": 2,
        "no_chief_complaint": 2,
        "eloped": 1,
    }


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("wording", Wording)
def test_notes_of_the_sample_fail_where_they_are_meant_to(
    sample_dir: Path, tmp_path: Path, method: Method, wording: Wording
) -> None:
    raw = read_notes(sample_dir / "notes")
    encounters = note_encounters(raw, IdVault(tmp_path / "id_vault.sqlite"))
    stays = deidentify_encounters(encounters, b"k" * 32, Replacement(method, wording, b"k" * 32)).rows
    assert stays.schema == polars_schema(DeidentifiedNote)
    result = gate_corpus(stays, *_nothing(stays))
    reasons = dict(result.quarantined.select("encounter_id", "reasons").rows())
    note_ids = dict(zip(stays["encounter_id"], raw["note_id"], strict=True))
    assert {note_ids[stay]: why for stay, why in reasons.items()} == {
        "sample-note-07": ["gate_guardrails"],
        "sample-note-08": ["gate_sections", "gate_decision_making"],
    }


def _nothing(stays: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    synthesis = synthesise_cases(stays)
    assert synthesis.cases.is_empty()
    return synthesis.cases, synthesis.refused
