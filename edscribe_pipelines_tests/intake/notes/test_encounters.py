from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.clinical.records import PhiEncounter, polars_schema
from edscribe_pipelines.intake.arrived import new_rows
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.release import SYNTHETIC_MARK
from edscribe_pipelines.intake.notes.encounters import count_refusals, note_encounters, read_notes
from edscribe_pipelines_tests.builders import vital_signs
from edscribe_pipelines_tests.intake.notes.batches import LINE, TEXT, document_reference, write_batch

UNAUTHORISED = {name: value for name, value in LINE.items() if name != "authorisation_id"}


def encounters(folder: Path) -> list[dict[str, Any]]:
    vault = IdVault(folder.parent / "id_vault.sqlite")
    return note_encounters(read_notes(folder), vault).to_dicts()


def refusals(batch: Path) -> list[str | None]:
    return read_notes(batch)["refusal"].to_list()


def test_notes_come_in_the_order_of_file_names(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE | {"note_id": "b1"}, LINE | {"note_id": "b2"}, name="b.jsonl")
    write_batch(batch, document_reference(id="d"), name="d.json", manifest={"authorisation_id": "IRB-7"})
    (batch / "a.txt").write_text(TEXT)
    (batch / "c.txt").write_text(TEXT)
    notes = read_notes(batch)
    assert notes["note_id"].to_list() == ["a", "b1", "b2", "c", "d"]
    assert notes["place"].to_list() == ["a.txt", "b.jsonl, line 1", "b.jsonl, line 2", "c.txt", "d.json"]


def test_note_is_authorised_by_its_line_else_its_batch_else_the_setting(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, UNAUTHORISED | {"note_id": "note-2"})
    assert read_notes(batch, "IRB-9")["authorisation_id"].to_list() == ["authorisation-1", "IRB-9"]
    write_batch(batch, manifest={"authorisation_id": "IRB-7"})
    assert read_notes(batch, "IRB-9")["authorisation_id"].to_list() == ["authorisation-1", "IRB-7"]


def test_note_without_an_authorisation_is_not_used_until_it_has_one(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", UNAUTHORISED)
    register = tmp_path / "arrivals.sqlite"
    (refused,) = new_rows(read_notes(batch), "note", "2026-03", register).to_dicts()
    assert (refused["refusal"], refused["text"], refused["known_identifiers"]) == ("no_authorisation", None, [])
    (taken,) = new_rows(read_notes(batch, "IRB-7"), "note", "2026-04", register).to_dicts()
    assert (taken["refusal"], taken["text"]) == (None, TEXT)


def test_data_use_is_the_hospitals_unless_the_batch_says_otherwise(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE)
    assert read_notes(batch)["data_use"].to_list() == ["institutional"]
    (batch / SYNTHETIC_MARK).write_text("invented")
    assert read_notes(batch)["data_use"].to_list() == ["synthetic"]
    write_batch(batch, manifest={"data_use": "open"})
    assert read_notes(batch)["data_use"].to_list() == ["open"]


@pytest.mark.parametrize("described", [False, True])
def test_folder_without_a_note_is_a_month_without_notes(tmp_path: Path, described: bool) -> None:
    batch = write_batch(tmp_path / "batch", manifest={"authorisation_id": "IRB-7"} if described else None)
    assert read_notes(batch).is_empty()


def test_what_cannot_be_read_is_set_aside_with_its_reason_and_stops_nothing(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, {"text": 7})
    (batch / "Ybarra, Marisol.docx").write_bytes(b"no archive")
    (batch / "scan.pdf").write_bytes(b"%PDF")
    assert refusals(batch) == ["not_a_docx", None, "line_invalid", "unknown_format"]
    assert count_refusals(read_notes(batch)) == {
        "refused": 3,
        "refused_line_invalid": 1,
        "refused_not_a_docx": 1,
        "refused_unknown_format": 1,
    }


def test_refused_note_becomes_a_stay_of_its_own_without_a_note(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, {"text": 7}, {"text": 8})
    note, one, two = encounters(batch)
    for stay in (one, two):
        assert list(stay) == list(polars_schema(PhiEncounter))
        assert (stay["source"], stay["note_origin"], stay["note"]) == ("notes", "physician", None)
        assert stay["set_aside"] == [{"field": "note", "reason": "line_invalid"}]
        assert (stay["chief_complaint"], stay["disposition"], stay["known_identifiers"]) == (None, None, [])
    assert note["set_aside"] == []
    assert len({stay["encounter_id"] for stay in (note, one, two)}) == 3
    assert len({stay["patient_key"] for stay in (note, one, two)}) == 3
    assert encounters(batch) == [note, one, two]


def test_other_note_with_the_same_id_is_refused_and_the_same_note_counts_once(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, LINE, LINE | {"text": "CC: Cough"}, LINE | {"patient_id": "MRN-2"})
    notes = read_notes(batch)
    assert notes["refusal"].to_list() == [None, "same_id_twice", "same_id_twice"]
    assert notes["text"].to_list() == [TEXT, None, None]


def test_note_that_a_month_took_does_not_arrive_again(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, {"text": 7})
    register = tmp_path / "arrivals.sqlite"
    assert new_rows(read_notes(batch), "note", "2026-03", register).height == 2
    write_batch(batch, LINE | {"note_id": "note-2"}, name="more.jsonl")
    (batch / "empty.txt").write_bytes(b"")
    assert new_rows(read_notes(batch), "note", "2026-04", register)["place"].to_list() == [
        "empty.txt",
        "more.jsonl, line 1",
    ]
    assert new_rows(read_notes(batch), "note", "2026-03", register).height == 2


def test_file_is_of_the_patient_that_the_batch_names_else_of_one_of_its_own(tmp_path: Path) -> None:
    patients = {"a.txt": "MRN-1", "b.txt": "MRN-1", "ward/d.txt": "MRN-2", "gone.txt": "MRN-3"}
    batch = write_batch(tmp_path / "batch", manifest={"authorisation_id": "IRB-7", "patients": patients})
    (batch / "ward").mkdir()
    for name in ("a", "b", "c", "ward/d"):
        (batch / f"{name}.txt").write_text(TEXT)
    assert read_notes(batch)["patient_id"].to_list() == ["MRN-1", "MRN-1", "c", "MRN-2"]
    one, two, three, four = encounters(batch)
    assert one["patient_key"] == two["patient_key"]
    assert len({stay["patient_key"] for stay in (two, three, four)}) == 3


def test_note_becomes_an_encounter_with_what_identifies_it_beside(tmp_path: Path) -> None:
    named = [{"kind": "patient_name", "value": "Marisol Ybarra"}]
    (stay,) = encounters(write_batch(tmp_path / "batch", LINE | {"known_identifiers": named}))
    assert list(stay) == list(polars_schema(PhiEncounter))
    assert (stay["source"], stay["note_origin"], stay["note"], stay["revises"]) == ("notes", "physician", TEXT, None)
    assert stay["known_identifiers"] == named
    assert {"kind": "patient_id", "value": "MRN-88410277"} in stay["source_ids"]
    assert not any("88410277" in stay[column] for column in ("encounter_id", "patient_key"))


def test_facts_beside_the_note_count_more_than_those_in_it(tmp_path: Path) -> None:
    facts = {"chief_complaint": "Chest pressure", "age_years": 55, "triage": vital_signs(heart_rate_bpm=104)}
    (stay,) = encounters(write_batch(tmp_path / "batch", LINE | {"facts": facts}))
    assert (stay["chief_complaint"], stay["age_years"], stay["triage"]["heart_rate_bpm"]) == ("Chest pressure", 55, 104)
    assert (stay["sex"], stay["disposition"]) == ("F", "ADMITTED")


def test_notes_of_a_patient_share_the_patient_key(tmp_path: Path) -> None:
    one, two = encounters(write_batch(tmp_path / "batch", LINE, LINE | {"note_id": "note-2"}))
    assert one["patient_key"] == two["patient_key"]
    assert one["encounter_id"] != two["encounter_id"]
