"""A month with corrections: the stay stands once, as its last gated correction left it."""

import orjson
import polars as pl
import pytest

from edscribe_pipelines.clinical.records import DeidentifiedNote, to_frame
from edscribe_pipelines.fhir.month import export_rows
from edscribe_pipelines_tests.fhir.invented import ADAPTER, NOTE_TEXT, stay

FIRST = stay(encounter_id="e-1")
QUARANTINED = stay(encounter_id="e-7", revises="e-1", source="feedback", note_origin="physician")
AGAIN = stay(encounter_id="e-8", revises="e-1", source="feedback", note_origin="physician")
LAST = stay(encounter_id="e-9", revises="e-1", source="feedback", note_origin="physician")
OTHER = stay(encounter_id="e-2")
LATER = stay(encounter_id="e-5", revises="e-4", source="feedback", note_origin="physician")
"""Corrects a stay of an earlier month."""

DRAFT = NOTE_TEXT
EDITED = NOTE_TEXT.replace("Admitted.", "Discharged home.")
CASES = [
    ("e-1", DRAFT, "model", "drafted"),
    ("e-8", DRAFT.replace("Admitted.", "Admitted to the ward."), "physician", "physician"),
    ("e-9", EDITED, "physician", "physician"),
    ("e-5", EDITED, "physician", "physician"),
]


@pytest.fixture
def exported(tmp_path):
    def export(rows, chunk=None):
        month, cases, folder = tmp_path / "month.parquet", tmp_path / "cases.parquet", tmp_path / "out"
        to_frame(DeidentifiedNote, rows).write_parquet(month)
        pl.DataFrame(CASES, ("encounter_id", "completion", "note_origin", "tier"), orient="row").write_parquet(cases)
        folder.mkdir()
        export_rows(to_frame(DeidentifiedNote, chunk or rows), month, cases, folder, ADAPTER)
        lines = [line for path in sorted(folder.glob("*.ndjson")) for line in path.read_bytes().splitlines()]
        return {f"{row['resourceType']}/{row['id']}": row for row in map(orjson.loads, lines)}

    return export


def encounters(written):
    return sorted(reference for reference in written if reference.startswith("Encounter/"))


def test_corrected_stay_stands_once_with_its_last_gated_note(exported):
    written = exported([FIRST, OTHER, AGAIN, LAST, QUARANTINED])
    assert encounters(written) == ["Encounter/e-1", "Encounter/e-2"]
    assert "Discharged home." in written["Composition/e-1-note"]["section"][-1]["text"]["div"]
    assert not any(identity in reference for reference in written for identity in ("e-7", "e-8", "e-9"))


def test_quarantined_correction_alone_leaves_the_stay_as_it_was(exported):
    written = exported([FIRST, QUARANTINED])
    assert encounters(written) == ["Encounter/e-1"]
    assert "Admitted." in written["Composition/e-1-note"]["section"][-1]["text"]["div"]


def test_correction_of_an_earlier_month_has_the_ids_of_that_stay(exported):
    written = exported([LATER, OTHER])
    assert encounters(written) == ["Encounter/e-2", "Encounter/e-4"]
    assert "Composition/e-4-note" in written


def test_stay_and_correction_in_different_chunks_still_give_one_stay(exported):
    assert encounters(exported([FIRST, OTHER, LAST], chunk=[FIRST, OTHER])) == ["Encounter/e-2"]


def test_sections_that_the_physician_left_alone_keep_the_models_label(exported):
    written = exported([FIRST, LAST])
    document = written["Composition/e-1-note"]
    unlabelled = [row["title"] for row in document["section"] if "extension" not in row]
    assert unlabelled == ["Disposition"]
    assert {"reference": f"Device/edscribe-model-{'4f' * 8}"} in [
        agent["who"] for agent in written["Provenance/e-1-note-provenance"]["agent"]
    ]
