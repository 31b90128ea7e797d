"""What is costly and shared: the bundled sample and the MIMIC-IV-ED demo, from raw tables to drafted cases.

The demo is not in the repository (its licence, ODbL, would follow every row). Where it is absent, the tests
marked `mimic_demo` are deselected and a line says how to get it; on CI its absence is an error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.corpus.synthesis import Synthesis, synthesise_cases
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic import Intake, build_encounters
from edscribe_pipelines.intake.release import data_use_of, read_release
from edscribe_pipelines.intake.sample import write_sample

_REPOSITORY = Path(__file__).parent.parent
_DEMO = Path(
    os.environ.get("EDSCRIBE_TEST_MIMIC_DIR", _REPOSITORY.parent / "shared" / "data" / "mimic-iv-ed-demo-2.2")
).absolute()
_HOW_TO_GET_IT = (
    "Download the open MIMIC-IV-ED demo v2.2 from https://physionet.org/content/mimic-iv-ed-demo/2.2/ and set "
    "EDSCRIBE_TEST_MIMIC_DIR to the folder that holds ed/."
)


def pytest_configure() -> None:
    if os.environ.get("CI") and not _DEMO.is_dir():
        raise pytest.UsageError(f"CI must run the tests marked mimic_demo, and the demo is absent. {_HOW_TO_GET_IT}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("mimic_demo")]
    if wanting and not _DEMO.is_dir():
        config.hook.pytest_deselected(items=wanting)
        items[:] = [item for item in items if item not in wanting]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _DEMO.is_dir():
        terminalreporter.write_line(f"Tests marked mimic_demo were deselected: no demo. {_HOW_TO_GET_IT}")


@dataclass(frozen=True)
class TakenIn:
    """A release on its way to cases. `tables` are as read; `stays` are `DeidentifiedNote` rows."""

    release: Path
    tables: dict[str, pl.DataFrame]
    intake: Intake

    @cached_property
    def stays(self) -> pl.DataFrame:
        return deidentify_encounters(self.intake.encounters)

    @cached_property
    def synthesis(self) -> Synthesis:
        return synthesise_cases(self.stays)


@pytest.fixture(scope="session")
def mimic_demo_dir() -> Path:
    """The MIMIC-IV-ED demo; only for tests marked `mimic_demo`."""
    return _DEMO


@pytest.fixture(scope="session")
def sample_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled sample: `mimic/` and `notes/`."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return folder


@pytest.fixture(scope="session")
def sample(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> TakenIn:
    return _take_in(sample_dir / "mimic", tmp_path_factory.mktemp("sample_vault"))


@pytest.fixture(scope="session")
def demo(mimic_demo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> TakenIn:
    return _take_in(mimic_demo_dir, tmp_path_factory.mktemp("demo_vault"))


@pytest.fixture(scope="session", params=["sample", pytest.param("demo", marks=pytest.mark.mimic_demo)])
def taken_in(request: pytest.FixtureRequest) -> TakenIn:
    """The sample, and where it is at hand the demo."""
    return request.getfixturevalue(request.param)


def _take_in(release: Path, vault: Path) -> TakenIn:
    tables = read_release(release)
    intake = build_encounters(tables, IdVault(vault / "id_vault.sqlite"), data_use_of(release))
    return TakenIn(release, tables, intake)
