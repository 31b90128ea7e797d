from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.layouts import check_layout, layouts, read_header
from edscribe_pipelines_tests.builders import write_table

OLDEST, NEWEST = layouts()["1.0"], layouts()["2.2"]


def release_with(folder: Path, tables: dict[str, tuple[str, ...]]) -> dict[str, Path]:
    files = {table: folder / f"{table}.csv.gz" for table in tables}
    for table, columns in tables.items():
        write_table(files[table], columns, [])
    return files


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1", "2.2"])
def test_known_version_is_recognised(tmp_path: Path, version: str) -> None:
    check_layout(release_with(tmp_path, layouts()[version]))


def test_first_version_has_no_demographics() -> None:
    assert set(NEWEST["edstays"]) - set(OLDEST["edstays"]) == {"gender", "race", "arrival_transport", "disposition"}


def test_order_of_columns_does_not_matter(tmp_path: Path) -> None:
    check_layout(release_with(tmp_path, {table: columns[::-1] for table, columns in NEWEST.items()}))


@pytest.mark.parametrize(("table", "column"), [("triage", "temperature"), ("pyxis", "med_rn"), ("edstays", "intime")])
def test_missing_column_is_named_with_the_known_versions(tmp_path: Path, table: str, column: str) -> None:
    changed = {**NEWEST, table: tuple(name for name in NEWEST[table] if name != column)}
    with pytest.raises(BadInput) as error:
        check_layout(release_with(tmp_path, changed))
    message = str(error.value)
    assert message.startswith(f"{tmp_path / table}.csv.gz: line 1 lacks the column {column}. Expected: ")
    assert message.endswith("Known versions: 1.0, 2.0, 2.1, 2.2.")


def test_further_columns_are_counted_and_never_quoted(tmp_path: Path) -> None:
    changed = {**NEWEST, "triage": (*NEWEST["triage"], "Feldgrau", "10900001")}
    with pytest.raises(BadInput) as error:
        check_layout(release_with(tmp_path, changed))
    assert "line 1 has columns of no known version (number 12, 13)" in str(error.value)
    assert "Feldgrau" not in str(error.value)


def test_file_without_a_header_does_not_show_its_first_row(tmp_path: Path) -> None:
    files = release_with(tmp_path, {**NEWEST, "edstays": ("10900001", "38000001", "2150-03-01 10:00:00")})
    with pytest.raises(BadInput) as error:
        check_layout(files)
    assert "lacks the column subject_id" in str(error.value)
    assert "10900001" not in str(error.value)


def test_tables_of_two_versions_are_one_of_no_version(tmp_path: Path) -> None:
    beside = {table: (*columns, "more") for table, columns in NEWEST.items() if table != "edstays"}
    with pytest.raises(BadInput):
        check_layout(release_with(tmp_path, {"edstays": OLDEST["edstays"], **beside}))


def test_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "triage.csv"
    path.write_text("stay_id,pain\n", encoding="utf-8-sig")
    assert read_header(path) == ("stay_id", "pain")
