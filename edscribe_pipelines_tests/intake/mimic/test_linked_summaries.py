from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.records import PhiEncounter, polars_schema
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import Intake, build_encounters
from edscribe_pipelines.intake.mimic.facts_only import write_facts
from edscribe_pipelines.intake.mimic.raw_tables import scan_release, scan_stored, store_release
from edscribe_pipelines_tests.builders import STAY, Cells, write_release, write_table

COLUMNS = ("note_id", "subject_id", "hadm_id", "note_type", "note_seq", "charttime", "storetime", "text")
ADMITTED = {**STAY, "hadm_id": "25000001"}
SUMMARY = {
    "note_id": "10900001-DS-1",
    "subject_id": "10900001",
    "hadm_id": "25000001",
    "charttime": "2150-03-04 00:00:00",
    "text": 'Allergies: \nPenicillins, "sulfa"\n\nPast Medical History:\nAsthma\n\nPhysical Exam:\n___\n',
}


def release_with(folder: Path, *summaries: Cells, **rows: list[Cells]) -> Path:
    release = write_release(folder, **{"edstays": [ADMITTED], **rows})
    write_table(release / "note" / "discharge.csv.gz", COLUMNS, list(summaries))
    return release


def take_in(folder: Path, *summaries: Cells, **rows: list[Cells]) -> Intake:
    release = release_with(folder, *summaries, **rows)
    return build_encounters(scan_release(release), IdVault(folder / "id_vault.sqlite"), "synthetic")


def excerpts(intake: Intake) -> list[list[dict[str, Any]]]:
    return intake.encounters["excerpts"].to_list()


def test_words_of_the_summary_join_the_stay_of_its_admission(tmp_path: Path) -> None:
    other = {**STAY, "stay_id": "38000002", "hadm_id": "25000002"}
    intake = take_in(tmp_path, SUMMARY, edstays=[other, ADMITTED])
    nothing, found = excerpts(intake)
    assert nothing == []
    assert any("Asthma" in excerpt["text"] for excerpt in found)
    assert {excerpt["origin"] for excerpt in found} == {"discharge_summary"}
    assert intake.encounters.schema == polars_schema(PhiEncounter)
    assert intake.counts["discharge_summaries_linked"] == 1


def test_of_stays_of_one_admission_the_last_to_arrive_has_the_words(tmp_path: Path) -> None:
    later = {**ADMITTED, "stay_id": "38000002", "intime": "2150-03-01 12:00:00"}
    first, second = excerpts(take_in(tmp_path, SUMMARY, edstays=[later, ADMITTED]))
    assert first
    assert second == []


def test_summary_of_no_stay_is_counted_and_no_error(tmp_path: Path) -> None:
    intake = take_in(tmp_path, {**SUMMARY, "hadm_id": "25999999"})
    assert excerpts(intake) == [[]]
    assert intake.counts["discharge_summaries_unlinked"] == 1
    assert intake.problems.is_empty()


def test_summary_without_admission_or_text_is_a_problem_row(tmp_path: Path) -> None:
    intake = take_in(tmp_path, SUMMARY, {**SUMMARY, "hadm_id": ""}, {**SUMMARY, "text": " "})
    assert intake.problems.select("table", "row", "column", "reason").rows() == [
        ("discharge", 3, "hadm_id", "empty"),
        ("discharge", 4, "text", "empty"),
    ]
    assert (intake.counts["discharge_summaries_linked"], intake.counts["discharge_summaries_unlinked"]) == (1, 0)


def test_stored_summaries_give_the_same_words(tmp_path: Path) -> None:
    release = release_with(tmp_path / "release", SUMMARY)
    (tmp_path / "stored").mkdir()
    store_release(release, tmp_path / "stored")
    vault = IdVault(tmp_path / "id_vault.sqlite")
    again = build_encounters(scan_stored(tmp_path / "stored"), vault, "synthetic")
    assert excerpts(again) == excerpts(build_encounters(scan_release(release), vault, "synthetic")) != [[]]


def test_facts_alone_hold_no_words_of_the_summary(tmp_path: Path) -> None:
    write_facts(release_with(tmp_path / "release", SUMMARY), tmp_path / "facts.parquet")
    assert pl.read_parquet(tmp_path / "facts.parquet")["excerpts"].to_list() == [[]]
