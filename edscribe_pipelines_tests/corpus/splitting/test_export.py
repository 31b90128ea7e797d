from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.corpus.splitting.export import export_splits
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines_tests.corpus.invented import case, frame


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    cases = frame(case(1), case(2, acuity=None), case(3)).with_columns(split=pl.Series(["train", "train", "test"]))
    export_splits(cases, tmp_path)
    return tmp_path


def rows(path: Path) -> list[dict[str, object]]:
    return [row for _, row in read_jsonl(path)]


def test_line_holds_exactly_the_plans_keys_in_order(exported: Path) -> None:
    for row in rows(exported / "train.jsonl"):
        assert list(row) == ["prompt", "completion", "metadata"]
        metadata = row["metadata"]
        assert isinstance(metadata, dict)
        assert list(metadata) == ["chief_complaint", "esi_level", "disposition", "protocols"]


def test_lines_keep_the_order_and_content_of_the_cases(exported: Path) -> None:
    given = [case(1), case(2, acuity=None)]
    assert rows(exported / "train.jsonl") == [
        {key: row[key] for key in ("prompt", "completion", "metadata")} for row in given
    ]


def test_each_split_has_its_file_with_its_cases(exported: Path) -> None:
    assert {path.name: len(rows(path)) for path in exported.iterdir()} == {
        "train.jsonl": 2,
        "validation.jsonl": 0,
        "test.jsonl": 1,
    }


def test_no_id_leaves_with_the_text(exported: Path) -> None:
    text = (exported / "train.jsonl").read_text()
    assert "p-000001" not in text
    assert "encounter_id" not in text
    assert "provenance" not in text
