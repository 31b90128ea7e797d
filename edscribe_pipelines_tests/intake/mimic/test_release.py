from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.release import (
    BESIDE,
    SYNTHETIC_MARK,
    TABLES,
    data_use_of,
    find_tables,
    hash_release,
)
from edscribe_pipelines_tests.builders import write_release, write_table


def one_line(error: pytest.ExceptionInfo[BadInput]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_folder_of_the_tables_itself_is_a_release(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    assert find_tables(release / "ed") == find_tables(release)


@pytest.mark.parametrize("table", TABLES)
def test_missing_table_is_named_with_what_a_release_holds(tmp_path: Path, table: str) -> None:
    release = write_release(tmp_path)
    (release / "ed" / f"{table}.csv.gz").unlink()
    with pytest.raises(BadInput) as error:
        find_tables(release)
    message = one_line(error)
    assert message.startswith(f"{release / 'ed' / table}.csv.gz: missing. ")
    assert "name the folder that holds `ed/`" in message


def test_hash_follows_the_content_of_every_table(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    before = hash_release(release)
    assert hash_release(release) == before
    write_release(tmp_path, diagnosis=[])
    assert hash_release(release) != before


def test_release_is_credentialed_unless_its_files_say_otherwise(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    assert data_use_of(release) == "credentialed"
    (release / "LICENSE.txt").write_text("PhysioNet Credentialed Health Data License 1.5.0")
    assert data_use_of(release) == "credentialed"


def test_open_database_licence_makes_a_release_open(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    (release / "LICENSE.txt").write_text("Open Data Commons Open Database License v1.0")
    assert data_use_of(release) == "open"


def test_mark_of_the_sample_makes_a_release_synthetic(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    (release / SYNTHETIC_MARK).write_text("invented")
    assert data_use_of(release) == "synthetic"


def test_discharge_summaries_close_an_open_release(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    (release / "LICENSE.txt").write_text("Open Data Commons Open Database License v1.0")
    write_table(release / "note" / "discharge.csv.gz", BESIDE["discharge"], [])
    assert data_use_of(release) == "credentialed"


def test_tables_beside_ed_are_found_from_either_folder(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    write_table(release / "hosp" / "patients.csv", BESIDE["patients"], [])
    write_table(release / "note" / "discharge.csv.gz", BESIDE["discharge"], [])
    assert set(find_tables(release)) == set(find_tables(release / "ed")) == {*TABLES, *BESIDE}


def test_hosp_without_ed_is_refused_with_what_to_do(tmp_path: Path) -> None:
    write_table(tmp_path / "hosp" / "patients.csv.gz", BESIDE["patients"], [])
    with pytest.raises(BadInput) as error:
        find_tables(tmp_path)
    assert one_line(error) == (
        f"{tmp_path}: holds hosp/ but no ed/. "
        "The stays are in MIMIC-IV-ED, a release of its own: put its ed/ beside hosp/."
    )


def test_hash_follows_the_tables_beside(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    before = hash_release(release)
    write_table(release / "hosp" / "patients.csv.gz", BESIDE["patients"], [])
    assert hash_release(release) != before
