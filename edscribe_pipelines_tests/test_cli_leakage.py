"""`edscribe leakage known` as a process: its exit status, what it prints, and what it never does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from edscribe_pipelines_tests.e2e.workplace import COMMANDS
from edscribe_pipelines_tests.test_cli import edscribe, lines, written

SECRET = "Zorvanka Delmiquist"


@pytest.fixture
def known(tmp_path: Path) -> Path:
    (tmp_path / "known.csv").write_text(f"type,value\npatient_name,{SECRET}\nphone,(415) 555-0132\n")
    return tmp_path / "known.csv"


def test_hit_ends_with_1_and_is_told_by_its_place(known: Path, tmp_path: Path) -> None:
    source = written(tmp_path / "deid.jsonl", {"id": 1, "text": "x"}, {"id": 2, "text": "DELMIQUIST,\nZorvanka"})
    done = edscribe("leakage", "known", known, source)
    assert done.returncode == 1
    assert lines(done.stdout) == [
        {"file": str(source), "hits": 1, "places": [{"line": 2, "kind": "patient_name", "list_line": 2}]},
        {"files": 1, "lines": 2, "identifiers": 2, "hits": 1, "not_read": 0, "broken": 0},
    ]
    assert done.stderr == ""


def test_store_is_searched_where_no_path_is_given(known: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    written(tmp_path / "store" / "cases.jsonl", {"text": "[NAME], [PHONE]"})
    environment = {**os.environ, "EDSCRIBE_STORE": str(tmp_path / "store")}
    command = [COMMANDS / "edscribe", "leakage", "known", known]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0
    assert lines(done.stdout) == [{"files": 1, "lines": 1, "identifiers": 2, "hits": 0, "not_read": 0, "broken": 0}]


def test_file_that_cannot_be_read_is_no_clean_result(known: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl").write_bytes(b"\xff\n")
    done = edscribe("leakage", "known", known, tmp_path / "cut.jsonl")
    assert done.returncode == 2
    assert lines(done.stdout)[0]["not_read"] == "neither text in UTF-8 nor Parquet"


def test_short_value_ends_with_2_and_one_line(tmp_path: Path) -> None:
    done = edscribe("leakage", "known", "-", tmp_path, given=f"{SECRET}\nNg\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "edscribe: standard input, line 2: fewer than 4 letters and digits, which any text may hold. "
        "Take such values off the list.\n"
    )
