import gzip
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.release import (
    SYNTHETIC_MARK,
    TABLES,
    data_use_of,
    find_tables,
    hash_release,
    read_release,
)
from edscribe_pipelines_tests.builders import STAY, write_release, write_table


def one_line(error: pytest.ExceptionInfo[BadInput]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_every_cell_is_a_string_and_rows_are_lines_of_the_file(tmp_path: Path) -> None:
    later = {**STAY, "stay_id": "38000002"}
    stays = read_release(write_release(tmp_path, edstays=[STAY, later]))["edstays"]
    assert stays["row"].to_list() == [2, 3]
    assert stays["subject_id"].to_list() == ["10900001", "10900001"]


def test_plain_csv_is_read_like_gz(tmp_path: Path) -> None:
    plain = read_release(write_release(tmp_path / "plain", suffix=".csv"))
    packed = read_release(write_release(tmp_path / "packed"))
    assert all(plain[table].equals(packed[table]) for table in TABLES)


def test_folder_of_the_tables_itself_is_a_release(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    assert find_tables(release / "ed") == find_tables(release)


@pytest.mark.parametrize("table", TABLES)
def test_missing_table_is_named_with_what_a_release_holds(tmp_path: Path, table: str) -> None:
    release = write_release(tmp_path)
    (release / "ed" / f"{table}.csv.gz").unlink()
    with pytest.raises(BadInput) as error:
        read_release(release)
    message = one_line(error)
    assert message.startswith(f"{release / 'ed' / table}.csv.gz: missing. ")
    assert "name the folder that holds `ed/`" in message


@pytest.mark.parametrize(("table", "column"), [("triage", "temperature"), ("pyxis", "med_rn"), ("edstays", "intime")])
def test_wrong_header_names_file_and_column(tmp_path: Path, table: str, column: str) -> None:
    release = write_release(tmp_path)
    path = release / "ed" / f"{table}.csv.gz"
    write_table(path, tuple(name for name in TABLES[table] if name != column), [])
    with pytest.raises(BadInput) as error:
        read_release(release)
    message = one_line(error)
    assert message.startswith(f"{path}: line 1 lacks the column {column}. Expected: ")


def test_further_columns_are_left_out(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    columns = (*TABLES["edstays"], "added_in_v9")
    write_table(release / "ed" / "edstays.csv.gz", columns, [{**STAY, "added_in_v9": "x"}])
    assert read_release(release)["edstays"].columns == ["row", *TABLES["edstays"]]


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-12])


@pytest.mark.parametrize("take", [hash_release, read_release])
def test_truncated_gz_is_refused_before_anything_is_taken(tmp_path: Path, take: object) -> None:
    release = write_release(tmp_path)
    path = release / "ed" / "vitalsign.csv.gz"
    cut_short(path)
    with pytest.raises(BadInput) as error:
        take(release)  # type: ignore[operator]
    message = one_line(error)
    assert message.startswith(f"{path}: ")
    assert "Download it again" in message


def test_release_without_stays_is_refused(tmp_path: Path) -> None:
    release = write_release(tmp_path, edstays=[])
    with pytest.raises(BadInput) as error:
        read_release(release)
    assert one_line(error) == f"{release / 'ed' / 'edstays.csv.gz'}: holds no stay. Is the download complete?"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\xff\xfe" * 40, b"subject_id,stay_id\n1,2,3,4\n", b'{"not": "a table"}\n'],
    ids=["empty", "binary", "more cells than the header", "json"],
)
def test_file_that_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    release = write_release(tmp_path)
    path = release / "ed" / "triage.csv.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(BadInput) as error:
        read_release(release)
    message = one_line(error)
    assert message.startswith(f"{path}: ")
    assert message.endswith(".")


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


@pytest.mark.mimic_demo
def test_demo_is_open_and_whole(mimic_demo_dir: Path) -> None:
    tables = read_release(mimic_demo_dir)
    assert data_use_of(mimic_demo_dir) == "open"
    assert {name: table.height for name, table in tables.items()} == {
        "edstays": 222,
        "triage": 222,
        "vitalsign": 1038,
        "medrecon": 2764,
        "pyxis": 1082,
        "diagnosis": 545,
    }
