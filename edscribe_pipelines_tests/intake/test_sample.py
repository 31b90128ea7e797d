import gzip
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.release import TABLES, data_use_of
from edscribe_pipelines.intake.notes.encounters import note_encounters, read_notes
from edscribe_pipelines.intake.sample import write_sample
from edscribe_pipelines_tests.conftest import TakenIn


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_seed_writes_the_same_bytes(sample_dir: Path, tmp_path: Path) -> None:
    write_sample(tmp_path)
    assert contents(tmp_path) == contents(sample_dir)


def test_other_seed_writes_other_patients(sample_dir: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, seed=7)
    assert contents(tmp_path)["mimic/ed/triage.csv.gz"] != contents(sample_dir)["mimic/ed/triage.csv.gz"]


def test_sample_says_that_it_is_invented(sample: TakenIn, sample_dir: Path) -> None:
    assert data_use_of(sample.release) == "synthetic"
    assert set(sample.intake.encounters["data_use"]) == {"synthetic"}
    assert set(read_notes(sample_dir / "notes")["data_use"]) == {"synthetic"}


def charted(sample: TakenIn, column: str) -> list[float]:
    both = pl.concat([sample.tables[table][column] for table in ("triage", "vitalsign")])
    return both.cast(pl.Float64, strict=False).drop_nulls().to_list()


def test_celsius_is_among_fahrenheit(sample: TakenIn) -> None:
    temperatures = charted(sample, "temperature")
    assert any(30 < value < 43 for value in temperatures)
    assert any(90 < value < 107 for value in temperatures)


def test_pain_is_in_words_and_out_of_range_too(sample: TakenIn) -> None:
    pain = set(sample.tables["triage"]["pain"]) | set(sample.tables["vitalsign"]["pain"])
    assert {"unable", "uta", "ett", "13", "0", "10"} <= pain


@pytest.mark.parametrize(("column", "value"), [("dbp", 879), ("sbp", 11), ("o2sat", 10)])
def test_values_that_cannot_be_true_are_charted(sample: TakenIn, column: str, value: float) -> None:
    assert value in charted(sample, column)


def test_every_column_of_vital_signs_has_gaps(sample: TakenIn) -> None:
    for column in ("temperature", "heartrate", "resprate", "o2sat", "sbp", "dbp", "pain"):
        assert 0 < sample.tables["triage"][column].null_count() < sample.tables["triage"].height


def test_vital_signs_are_charted_after_the_departure(sample: TakenIn) -> None:
    stays = sample.tables["edstays"].select("stay_id", "outtime")
    late = sample.tables["vitalsign"].join(stays, on="stay_id").filter(pl.col("charttime") > pl.col("outtime"))
    assert late.height > 5


def test_charttimes_tie_within_a_stay(sample: TakenIn) -> None:
    assert sample.tables["vitalsign"].select("stay_id", "charttime").is_duplicated().any()


def test_drugs_stand_once_for_each_of_their_classes(sample: TakenIn) -> None:
    drugs = sample.tables["medrecon"]
    repeated = drugs.group_by("stay_id", "name").agg(pl.col("etc_rn").n_unique())
    assert repeated["etc_rn"].max() == 2
    assert drugs["ndc"].str.starts_with("0").any()


def test_some_stays_have_no_acuity_and_all_levels_stand(sample: TakenIn) -> None:
    levels = set(sample.tables["triage"]["acuity"])
    assert None in levels
    assert {"1", "2", "3", "4"} <= levels


def test_one_patient_has_many_stays(sample: TakenIn) -> None:
    stays = Counter(sample.tables["edstays"]["subject_id"])
    assert max(stays.values()) == 11
    assert sum(count == 1 for count in stays.values()) > 30


def test_stays_without_an_honest_case_are_among_them(sample: TakenIn) -> None:
    dispositions = set(sample.tables["edstays"]["disposition"])
    assert {"ADMITTED", "HOME", "TRANSFER", "LEFT WITHOUT BEING SEEN", "ELOPED", "OTHER"} <= dispositions
    assert "UNKNOWN-CC" in set(sample.tables["triage"]["chiefcomplaint"])


def test_all_stays_build_encounters(sample: TakenIn) -> None:
    encounters = sample.intake.encounters
    assert encounters.height == sample.tables["edstays"].height > 100
    assert (encounters["vitals"].list.len() > 0).sum() > 100
    assert (encounters["diagnoses"].list.len() > 0).all()


def test_tables_have_the_columns_of_a_release(sample_dir: Path) -> None:
    for table, columns in TABLES.items():
        with gzip.open(sample_dir / "mimic" / "ed" / f"{table}.csv.gz", "rt") as stream:
            assert stream.readline() == ",".join(columns) + "\n"


def test_notes_build_encounters_with_a_patient_who_came_twice(sample_dir: Path, tmp_path: Path) -> None:
    notes = read_notes(sample_dir / "notes")
    encounters = note_encounters(notes, IdVault(tmp_path / "id_vault.sqlite"))
    assert encounters.height == notes.height
    assert encounters["patient_key"].n_unique() < encounters.height
    assert encounters["disposition"].null_count() == 0
