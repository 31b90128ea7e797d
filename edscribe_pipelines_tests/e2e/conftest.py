"""One run of the whole command for the folder: training and evaluation take most of its time."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.files import read_json
from edscribe_pipelines.intake.sample import write_sample
from edscribe_pipelines_tests.e2e.planted import plant
from edscribe_pipelines_tests.e2e.workplace import Workplace

MONTH = "2026-03"


@dataclass(frozen=True)
class Finished:
    """The command, run on a small sample with canaries planted in it."""

    workplace: Workplace
    canaries: frozenset[str]
    process: subprocess.CompletedProcess[str]
    opened: frozenset[str]
    """Files of the package that the command or a worker of it opened."""

    @property
    def summary(self) -> dict[str, Any]:
        return read_json(self.workplace.store / "summary.json")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    opened = tmp_path_factory.mktemp("opened")
    first = [str(Path(__file__).with_name("opened")), *filter(None, [os.environ.get("PYTHONPATH")])]
    tracing = {"PYTHONPATH": os.pathsep.join(first), "OPENED_INTO": str(opened)}
    workplace = Workplace(tmp_path_factory.mktemp("run"), more=tracing)
    write_sample(workplace.folder / "in", patients=24)
    canaries = plant(workplace.release, workplace.notes)
    return Finished(workplace, canaries, workplace.run(MONTH), _of_package(opened))


def _of_package(traces: Path) -> frozenset[str]:
    """Return the files of the package that any process opened, relative to it; modules by their source."""
    opened = {line for trace in traces.iterdir() for line in trace.read_text("utf-8").splitlines()}
    inside = {path.rpartition("/edscribe_pipelines/")[2] for path in opened if "/edscribe_pipelines/" in path}
    return frozenset(re.sub(r"__pycache__/(\w+)\.[^/]*\.pyc.*$", r"\1.py", path) for path in inside)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """A place of its own with a sample of twelve patients."""
    write_sample(tmp_path / "in", patients=12)
    return Workplace(tmp_path)
