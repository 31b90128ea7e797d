from pathlib import Path

import polars as pl

from edscribe_pipelines.clinical.records import Encounter, polars_schema
from edscribe_pipelines.intake.mimic.facts_only import write_facts
from edscribe_pipelines_tests.builders import STAY, write_release

AGAIN = {**STAY, "stay_id": "38000002"}
ANOTHER = {**STAY, "stay_id": "38000003", "subject_id": "10900002"}


def facts_of(folder: Path) -> pl.DataFrame:
    target = folder / "facts.parquet"
    assert write_facts(write_release(folder, edstays=[STAY, AGAIN, ANOTHER]), target) == 3
    return pl.read_parquet(target)


def test_one_row_a_stay_without_source_ids(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    assert facts.schema == polars_schema(Encounter)
    assert not any(source_id in str(facts.to_dicts()) for source_id in ("38000001", "10900001", "2150-03"))


def test_ids_tell_stays_and_patients_apart(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    first, second, third = facts["patient_key"]
    assert first == second != third
    assert facts["encounter_id"].n_unique() == 3
    assert facts["encounter_id"].str.contains("^e-[0-9a-f]{16}$").all()


def test_ids_are_new_each_time(tmp_path: Path) -> None:
    assert facts_of(tmp_path)["encounter_id"][0] != facts_of(tmp_path)["encounter_id"][0]
