from pathlib import Path

import pytest

from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import Intake, build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_release
from edscribe_pipelines_tests.builders import STAY, Cells, stay_of, write_release, write_table

COLUMNS = ("subject_id", "gender", "anchor_age", "anchor_year", "anchor_year_group", "dod")
PATIENT = {"subject_id": "10900001", "gender": "F", "anchor_age": "52", "anchor_year": "2146"}


def take_in(folder: Path, *patients: Cells, **rows: list[Cells]) -> Intake:
    release = write_release(folder, **rows)
    write_table(release / "hosp" / "patients.csv.gz", COLUMNS, list(patients))
    return build_encounters(scan_release(release), IdVault(folder / "id_vault.sqlite"), "synthetic")


def test_age_is_that_of_the_year_of_the_visit(tmp_path: Path) -> None:
    assert stay_of(take_in(tmp_path, PATIENT))["age_years"] == 56


@pytest.mark.parametrize(("anchor_year", "age"), [("2150", 91), ("2146", 95), ("2155", 90)])
def test_who_is_over_89_stays_so_in_every_year(tmp_path: Path, anchor_year: str, age: int) -> None:
    patient = {**PATIENT, "anchor_age": "91", "anchor_year": anchor_year}
    assert stay_of(take_in(tmp_path, patient))["age_years"] == age


def test_children_are_kept_with_their_age(tmp_path: Path) -> None:
    assert stay_of(take_in(tmp_path, {**PATIENT, "anchor_age": "12", "anchor_year": "2150"}))["age_years"] == 12


@pytest.mark.parametrize(
    "patient",
    [
        {**PATIENT, "subject_id": "10900002"},
        {**PATIENT, "anchor_age": "old"},
        {**PATIENT, "anchor_year": ""},
        {**PATIENT, "anchor_year": "2250"},
    ],
)
def test_patient_whose_age_is_not_known_is_counted(tmp_path: Path, patient: Cells) -> None:
    intake = take_in(tmp_path, patient)
    assert stay_of(intake)["age_years"] is None
    assert intake.counts["stays_without_age"] == 1


def test_visit_of_no_known_year_has_no_age(tmp_path: Path) -> None:
    assert stay_of(take_in(tmp_path, PATIENT, edstays=[{**STAY, "intime": ""}]))["age_years"] is None
    assert (
        stay_of(take_in(tmp_path, {**PATIENT, "anchor_age": "91"}, edstays=[{**STAY, "intime": ""}]))["age_years"]
        is None
    )


def test_release_without_patients_counts_no_ages(tmp_path: Path) -> None:
    tables = scan_release(write_release(tmp_path))
    intake = build_encounters(tables, IdVault(tmp_path / "id_vault.sqlite"), "synthetic")
    assert stay_of(intake)["age_years"] is None
    assert "stays_without_age" not in intake.counts
