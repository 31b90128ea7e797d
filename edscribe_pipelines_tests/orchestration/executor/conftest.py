"""A Dagster home in a folder of its own."""

from __future__ import annotations

import pytest

from edscribe_pipelines_tests.orchestration.executor.runs import Bench


@pytest.fixture
def bench(tmp_path):
    for name in ("home", "folder"):
        (tmp_path / name).mkdir()
    (tmp_path / "home" / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    return Bench(tmp_path / "home", tmp_path / "folder")
