from pathlib import Path
from typing import Any

import orjson
import pytest

from edscribe_pipelines.clinical.records import PhiEncounter, polars_schema
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.notes import facts_in_text, note_encounters, read_notes
from edscribe_pipelines.intake.release import SYNTHETIC_MARK
from edscribe_pipelines_tests.builders import vital_signs

TEXT = "CC: Chest pain\n\nHPI: Marisol Ybarra is a 54 year old woman.\n\nDisposition: Admitted because of pain."
LINE: dict[str, Any] = {
    "note_id": "note-1",
    "patient_id": "MRN-88410277",
    "authorisation_id": "authorisation-1",
    "text": TEXT,
}


def write_batch(folder: Path, *lines: Any, name: str = "notes.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return folder


def encounters(folder: Path) -> list[dict[str, Any]]:
    vault = IdVault(folder.parent / "id_vault.sqlite")
    return note_encounters(read_notes(folder), vault).to_dicts()


def test_jsonl_and_txt_are_read_in_order_of_file_names(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", {**LINE, "note_id": "b1"}, {**LINE, "note_id": "b2"}, name="b.jsonl")
    (batch / "a.txt").write_text(TEXT)
    (batch / "c.txt").write_text(TEXT)
    (batch / "ignored.pdf").write_bytes(b"%PDF")
    assert read_notes(batch)["note_id"].to_list() == ["a", "b1", "b2", "c"]


def test_mark_of_the_sample_is_no_note(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE)
    assert read_notes(batch)["data_use"].to_list() == ["institutional"]
    (batch / SYNTHETIC_MARK).write_text("invented")
    assert read_notes(batch)["data_use"].to_list() == ["synthetic"]


def test_empty_batch_gives_no_notes_and_no_encounters(tmp_path: Path) -> None:
    (tmp_path / "batch").mkdir()
    assert read_notes(tmp_path / "batch").is_empty()
    assert encounters(tmp_path / "batch") == []


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"not a folder\. Name the folder that holds the notes"):
        read_notes(tmp_path / "absent")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"text": None}, "field text"),
        ({"patient_id": 88410277}, "field patient_id"),
        ({"surname": "Ybarra"}, "field surname"),
        ({"facts": {"age_years": "Ybarra"}}, "field facts.age_years"),
        ({"known_identifiers": [{"kind": "patient_name"}]}, "field known_identifiers.0.value"),
    ],
)
def test_wrong_line_is_told_by_file_number_line_and_field(tmp_path: Path, wrong: dict[str, Any], place: str) -> None:
    batch = write_batch(tmp_path / "batch", LINE, {**LINE, "note_id": "note-2", **wrong}, name="Ybarra, Marisol.jsonl")
    with pytest.raises(BadInput) as error:
        read_notes(batch)
    assert str(error.value).startswith(f"note file 1 of 1 (.jsonl), note 2, {place}: ")
    assert not any(secret in str(error.value) for secret in ("Ybarra,", "Marisol", "88410277", "Chest"))


@pytest.mark.parametrize("content", [b"{not json\n", b"[1]\n", b'{"text": "\xff"}\n'])
def test_line_that_is_no_object_is_told_without_the_file_name(tmp_path: Path, content: bytes) -> None:
    batch = write_batch(tmp_path / "batch", LINE, name="a.jsonl")
    (batch / "Ybarra.jsonl").write_bytes(content)
    with pytest.raises(BadInput) as error:
        read_notes(batch)
    assert str(error.value).startswith("note file 1 of 2 (.jsonl), line 1: ")
    assert "Ybarra" not in str(error.value)


def test_txt_that_is_not_utf8_is_told_without_the_file_name(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, name="a.jsonl")
    (batch / "ybarra.txt").write_bytes(b"Se\xf1ora")
    with pytest.raises(BadInput) as error:
        read_notes(batch)
    assert str(error.value) == "note file 2 of 2 (.txt): not UTF-8. Save the note as UTF-8 text."


def test_note_id_that_stands_twice_is_refused_without_the_id(tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "batch", LINE, {**LINE, "note_id": "note-2"}, LINE)
    with pytest.raises(BadInput) as error:
        read_notes(batch)
    assert str(error.value).startswith("notes 1 and 3 of the batch, field note_id: the same note twice. ")
    assert "note-1" not in str(error.value)


def test_note_becomes_an_encounter_with_what_identifies_it_beside(tmp_path: Path) -> None:
    named = [{"kind": "patient_name", "value": "Marisol Ybarra"}]
    (stay,) = encounters(write_batch(tmp_path / "batch", {**LINE, "known_identifiers": named}))
    assert list(stay) == list(polars_schema(PhiEncounter))
    assert (stay["source"], stay["note_origin"], stay["note"], stay["revises"]) == ("notes", "physician", TEXT, None)
    assert stay["known_identifiers"] == named
    assert {"kind": "patient_id", "value": "MRN-88410277"} in stay["source_ids"]
    assert not any("88410277" in stay[column] for column in ("encounter_id", "patient_key"))


def test_facts_beside_the_note_count_more_than_those_in_it(tmp_path: Path) -> None:
    facts = {"chief_complaint": "Chest pressure", "age_years": 55, "triage": vital_signs(heart_rate_bpm=104)}
    (stay,) = encounters(write_batch(tmp_path / "batch", {**LINE, "facts": facts}))
    assert (stay["chief_complaint"], stay["age_years"], stay["triage"]["heart_rate_bpm"]) == ("Chest pressure", 55, 104)
    assert (stay["sex"], stay["disposition"]) == ("F", "ADMITTED")


def test_notes_of_a_patient_share_the_patient_key(tmp_path: Path) -> None:
    one, two = encounters(write_batch(tmp_path / "batch", LINE, {**LINE, "note_id": "note-2"}))
    assert one["patient_key"] == two["patient_key"]
    assert one["encounter_id"] != two["encounter_id"]


@pytest.mark.parametrize(
    ("words", "age_years", "sex"),
    [
        ("54 year old woman", 54, "F"),
        ("68 yo female", 68, "F"),
        ("93-year-old man", 93, "M"),
        ("31y/o M with pain", 31, "M"),
        ("20 years old, unknown", 20, None),
        ("47 year old Mexican cook", 47, None),
        ("4 years of pain", None, None),
    ],
)
def test_age_and_sex_are_read_where_the_note_states_them(words: str, age_years: int | None, sex: str | None) -> None:
    facts = facts_in_text(f"HPI: A {words}.")
    assert (facts.get("age_years"), facts.get("sex")) == (age_years, sex)


@pytest.mark.parametrize(
    ("words", "disposition"),
    [
        ("Admitted to telemetry because of a moderate HEART score.", "ADMITTED"),
        ("Discharged home because she is stable.", "HOME"),
        ("Discharged home; there is no indication for admission.", "HOME"),
        ("Discharged home. Transfer of care to her clinic.", "HOME"),
        ("Not admitted; discharged home.", "HOME"),
        ("Admitted to the ICU; her husband went home.", "ADMITTED"),
        ("Transferred to the trauma center, admission agreed there.", "TRANSFER"),
        ("Discharged against medical advice.", "LEFT AGAINST MEDICAL ADVICE"),
        ("Left AMA before admission.", "LEFT AGAINST MEDICAL ADVICE"),
        ("The patient admits that he feels better.", None),
        ("To be decided.", None),
    ],
)
def test_disposition_is_what_the_note_says_of_it_first(words: str, disposition: str | None) -> None:
    assert facts_in_text(f"CC: Cough\n\nDisposition: {words}").get("disposition") == disposition


def test_disposition_is_read_from_its_section_alone() -> None:
    assert "disposition" not in facts_in_text("HPI: Admitted last year, then discharged home.\n\nCC: Cough")


def test_complaint_is_the_first_line_of_its_section() -> None:
    facts = facts_in_text("CHIEF COMPLAINT\nR Ankle injury.\nsince yesterday\n\nHPI: Fell.")
    assert facts.get("chief_complaint") == "R Ankle injury"
