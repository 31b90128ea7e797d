import os
import subprocess
import sys
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import (
    commit_file,
    commit_folder,
    read_json,
    read_jsonl,
    remove_leftovers,
    write_json,
    write_jsonl,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "new" / "rows.bin"
    with commit_file(target) as staged:
        staged.write_bytes(b"whole")
        assert not target.exists()
    assert target.read_bytes() == b"whole"
    assert names(target.parent) == ["rows.bin"]


def test_failed_write_leaves_the_file_of_before(tmp_path: Path) -> None:
    target = tmp_path / "rows.bin"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), commit_file(target) as staged:
        staged.write_bytes(b"half" * (1 // 0))
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["rows.bin"]


def test_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with commit_folder(tmp_path / "whole") as staged:
        (staged / "rows.bin").write_bytes(b"whole")
    with pytest.raises(IsADirectoryError), commit_folder(tmp_path / "half") as staged:
        staged.write_bytes(b"half")
    assert names(tmp_path) == ["whole"]


def test_folder_that_stands_is_not_overwritten(tmp_path: Path) -> None:
    with commit_folder(tmp_path / "result") as staged:
        (staged / "rows.bin").write_bytes(b"old")
    with pytest.raises(OSError, match="not empty"), commit_folder(tmp_path / "result") as staged:
        (staged / "rows.bin").write_bytes(b"new")
    assert (tmp_path / "result" / "rows.bin").read_bytes() == b"old"
    assert names(tmp_path) == ["result"]


def test_leftovers_of_dead_processes_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".staging-half-folder-{dead.pid}-0123abcd").mkdir()
    (tmp_path / f".staging-half-folder-{dead.pid}-0123abcd" / "rows.bin").touch()
    (tmp_path / f".staging-half.parquet-{dead.pid}-0123abcd").touch()
    (tmp_path / f".staging-living-{os.getpid()}-0123abcd").mkdir()
    (tmp_path / "result").mkdir()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [f".staging-living-{os.getpid()}-0123abcd", "result"]


def test_rows_come_back_with_their_places_and_blank_lines_count(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": 1}\n\n{"id": "é"}\n', encoding="utf-8")
    assert list(read_jsonl(path)) == [(f"{path}, line 1", {"id": 1}), (f"{path}, line 3", {"id": "é"})]


@pytest.mark.parametrize(
    ("line", "problem"),
    [(b"{", "not JSON in UTF-8"), (b'"\xff"', "not JSON in UTF-8"), (b"[]", "not a JSON object"), (b"1", "not a JSON")],
)
def test_wrong_line_is_named_and_not_quoted(tmp_path: Path, line: bytes, problem: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"note": "Ybarra"}\n' + line + b"\n")
    with pytest.raises(BadInput) as error:
        list(read_jsonl(path))
    assert str(error.value).startswith(f"{path}, line 2: {problem}")
    assert "Ybarra" not in str(error.value)


def test_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.jsonl: cannot be opened \(No such file or directory\)\."):
        list(read_jsonl(tmp_path / "absent.jsonl"))


def test_dash_is_standard_input_and_output() -> None:
    program = "from edscribe_pipelines.files import *; write_jsonl('-', [row for _, row in read_jsonl('-')])"
    done = subprocess.run([sys.executable, "-c", program], input=b'{"id":1}\n', capture_output=True, check=True)
    assert done.stdout == b'{"id":1}\n'


def test_written_rows_are_counted_and_come_back(tmp_path: Path) -> None:
    rows = [{"id": 1, "note": "line\nbreak"}, {"id": 2, "note": None}]
    assert write_jsonl(tmp_path / "rows.jsonl", iter(rows)) == 2
    assert [row for _, row in read_jsonl(tmp_path / "rows.jsonl")] == rows


def test_rows_that_fail_midway_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_jsonl(tmp_path / "rows.jsonl", ({"share": 1 / number} for number in (1, 0)))
    assert names(tmp_path) == []


def test_json_comes_back_as_written(tmp_path: Path) -> None:
    write_json(tmp_path / "summary.json", {"cases": 217, "tiers": ["rendered"]})
    assert read_json(tmp_path / "summary.json") == {"cases": 217, "tiers": ["rendered"]}
