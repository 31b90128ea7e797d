import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.facts_only import write_facts
from edscribe_pipelines.intake.mimic.raw_tables import scan_release, scan_stored, store_release
from edscribe_pipelines.intake.mimic.release import BESIDE, TABLES
from edscribe_pipelines_tests.builders import STAY, VITALS, write_release, write_table


def read(release: Path) -> dict[str, object]:
    return {table: frame.collect() for table, frame in scan_release(release).items()}


def stored(release: Path) -> None:
    folder = release / "stored"
    folder.mkdir()
    store_release(release, folder)


def written(release: Path) -> None:
    write_facts(release, release / "facts.parquet")


def refusal(take: Callable[[Path], object], release: Path) -> str:
    with pytest.raises(BadInput) as error:
        take(release)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_every_cell_is_a_string_and_rows_are_lines_of_the_file(tmp_path: Path) -> None:
    later = {**STAY, "stay_id": "38000002"}
    stays = scan_release(write_release(tmp_path, edstays=[STAY, later]))["edstays"].collect()
    assert stays["row"].to_list() == [2, 3]
    assert stays["subject_id"].to_list() == ["10900001", "10900001"]


def test_plain_csv_is_read_like_gz(tmp_path: Path) -> None:
    plain, packed = read(write_release(tmp_path / "plain", suffix=".csv")), read(write_release(tmp_path / "packed"))
    assert all(plain[table].equals(packed[table]) for table in TABLES)  # type: ignore[attr-defined]


def test_stored_tables_are_those_of_the_release(tmp_path: Path) -> None:
    release = write_release(tmp_path / "release")
    write_table(release / "hosp" / "patients.csv", BESIDE["patients"], [{"subject_id": "10900001"}])
    assert store_release(release, tmp_path) == dict.fromkeys(["patients", *TABLES], 1)
    for table, frame in scan_release(release).items():
        assert scan_stored(tmp_path)[table].collect().equals(frame.collect())


def test_columns_that_an_older_version_lacks_are_empty(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    columns = ("subject_id", "hadm_id", "stay_id", "intime", "outtime")
    write_table(release / "ed" / "edstays.csv.gz", columns, [{name: STAY.get(name) for name in columns}])
    stay = scan_release(release)["edstays"].collect().row(0, named=True)
    assert (stay["stay_id"], stay["gender"], stay["disposition"]) == ("38000001", None, None)


@pytest.mark.parametrize("take", [stored, written])
@pytest.mark.parametrize("cut", [4, 12, 200])
@pytest.mark.parametrize("table", ["vitalsign", "medrecon"])
def test_truncated_gz_is_refused_and_nothing_is_written(
    tmp_path: Path, take: Callable[[Path], object], cut: int, table: str
) -> None:
    many = [{**VITALS, "heartrate": str(rate), "charttime": f"2150-03-01 10:{rate % 60:02}:00"} for rate in range(2000)]
    release = write_release(
        tmp_path, vitalsign=many, medrecon=[{"name": f"drug {rate * 7919}"} for rate in range(2000)]
    )
    path = release / "ed" / f"{table}.csv.gz"
    path.write_bytes(path.read_bytes()[:-cut])
    message = refusal(take, release)
    assert message == f"{path}: not a whole gzip file. Download it again and compare SHA256SUMS."
    assert not (release / "facts.parquet").exists()


def test_gz_whose_bytes_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    release = write_release(tmp_path)
    path = release / "ed" / "medrecon.csv.gz"
    content = bytearray(path.read_bytes())
    content[-6] ^= 1
    path.write_bytes(content)
    assert refusal(written, release).startswith(f"{path}: not a whole gzip file. ")


def test_release_without_stays_is_refused(tmp_path: Path) -> None:
    release = write_release(tmp_path, edstays=[])
    path = release / "ed" / "edstays.csv.gz"
    assert refusal(scan_release, release) == f"{path}: holds no stay. Is the download complete?"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\xff\xfe" * 40, b"subject_id,stay_id\n1,2,3,4\n", b'{"not": "a table"}\n'],
    ids=["empty", "binary", "another header", "json"],
)
def test_file_that_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    release = write_release(tmp_path)
    path = release / "ed" / "triage.csv.gz"
    path.write_bytes(gzip.compress(content))
    message = refusal(scan_release, release)
    assert message.startswith(f"{path}: ")
    assert message.endswith(".")


@pytest.mark.parametrize("take", [stored, written])
@pytest.mark.parametrize("further", [b",1\n", b",\xff\n"], ids=["more cells than the header", "not UTF-8"])
def test_bad_row_is_refused_with_its_file(tmp_path: Path, take: Callable[[Path], object], further: bytes) -> None:
    release = write_release(tmp_path)
    path = release / "ed" / "vitalsign.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).rstrip(b"\n") + further))
    assert refusal(take, release).startswith(f"{path}: not a CSV table. ")


@pytest.mark.parametrize("take", [stored, written])
def test_plain_table_that_breaks_off_is_refused_with_its_line(tmp_path: Path, take: Callable[[Path], object]) -> None:
    release = write_release(tmp_path, suffix=".csv", vitalsign=[VITALS, VITALS])
    path = release / "ed" / "vitalsign.csv"
    path.write_bytes(path.read_bytes()[:-12])
    assert refusal(take, release) == f"{path}, line 3: fewer cells than the header. Is the download complete?"


def test_cell_of_two_lines_is_no_short_row(tmp_path: Path) -> None:
    release = write_release(tmp_path, suffix=".csv")
    path = release / "ed" / "triage.csv"
    path.write_text(path.read_text().replace("Chest pain", "Chest\npain"))
    assert scan_release(release)["triage"].collect()["chiefcomplaint"].to_list() == ["Chest\npain, Dyspnea"]


@pytest.mark.mimic_demo
def test_demo_is_whole(mimic_demo_dir: Path) -> None:
    assert {name: table.collect().height for name, table in scan_release(mimic_demo_dir).items()} == {
        "edstays": 222,
        "triage": 222,
        "vitalsign": 1038,
        "medrecon": 2764,
        "pyxis": 1082,
        "diagnosis": 545,
    }
