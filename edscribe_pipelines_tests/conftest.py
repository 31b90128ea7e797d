"""What is costly and shared: the bundled sample and the MIMIC-IV-ED demo, from raw tables to drafted cases.

Data of others is not in the repository (the demo's licence, ODbL, would follow every row). Where some is absent, the
tests with its mark are deselected and a line says how to get it; on CI the absence of the demo is an error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from edscribe_pipelines.corpus.synthesis import Synthesis, synthesise_cases
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import Intake, build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_release
from edscribe_pipelines.intake.mimic.release import data_use_of
from edscribe_pipelines.intake.sample import write_sample

settings.register_profile("patient", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("patient")
"""A landing never hangs on luck, and nothing hangs on a busy machine; elsewhere each run searches further."""

AUDIT_KEY = b"invented key of the tests: 32 by."
_REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True)
class Outside:
    """Data outside the repository, for the tests marked `mark`."""

    mark: str
    variable: str
    by_default: str
    how_to_get_it: str

    @property
    def folder(self) -> Path:
        default = _REPOSITORY.parent / "shared" / self.by_default
        return Path(os.environ.get(self.variable, default)).absolute()

    @property
    def advice(self) -> str:
        return f"{self.how_to_get_it} Set {self.variable} to its folder."


_DEMO = Outside(
    "mimic_demo",
    "EDSCRIBE_TEST_MIMIC_DIR",
    "data/mimic-iv-ed-demo-2.2",
    "Download the open MIMIC-IV-ED demo v2.2, the folder with ed/, from "
    "https://physionet.org/content/mimic-iv-ed-demo/2.2/.",
)
_ACI_BENCH = Outside(
    "aci_bench",
    "EDSCRIBE_TEST_ACI_BENCH_DIR",
    "data/aci-bench-train",
    "Download ACI-BENCH's data/challenge_data/train.csv from https://github.com/wyim/aci-bench (CC BY 4.0).",
)
_CHAT_TEMPLATE = Outside(
    "chat_template",
    "EDSCRIBE_TEST_CHAT_TEMPLATE_DIR",
    "data/chat-template",
    "Download NVIDIA-Nemotron-Nano-v2.jinja from https://github.com/ggml-org/llama.cpp/tree/master/models/templates.",
)


_FOREIGN_NOTES = Outside(
    "foreign_notes",
    "EDSCRIBE_TEST_CASES_DIR",
    "cases",
    "ED notes by other hands, with their sections and reported faults; they are kept apart, for measuring alone.",
)


def _absent() -> list[Outside]:
    return [data for data in (_DEMO, _ACI_BENCH, _CHAT_TEMPLATE, _FOREIGN_NOTES) if not data.folder.is_dir()]


def pytest_configure() -> None:
    if os.environ.get("CI") and _DEMO in _absent():
        raise pytest.UsageError(f"CI must run the tests marked {_DEMO.mark}, and the demo is absent. {_DEMO.advice}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks = [data.mark for data in _absent()]
    wanting = [item for item in items if any(item.get_closest_marker(mark) for mark in marks)]
    if wanting:
        config.hook.pytest_deselected(items=wanting)
        items[:] = [item for item in items if item not in wanting]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for data in _absent():
        terminalreporter.write_line(f"Tests marked {data.mark} were deselected: no data. {data.advice}")


@dataclass(frozen=True)
class TakenIn:
    """A release on its way to cases. `tables` are as read; `stays` are `DeidentifiedNote` rows."""

    release: Path
    tables: dict[str, pl.DataFrame]
    intake: Intake

    @cached_property
    def stays(self) -> pl.DataFrame:
        return deidentify_encounters(self.intake.encounters, AUDIT_KEY).rows

    @cached_property
    def synthesis(self) -> Synthesis:
        return synthesise_cases(self.stays)


@pytest.fixture(scope="session")
def mimic_demo_dir() -> Path:
    """The MIMIC-IV-ED demo; only for tests marked `mimic_demo`."""
    return _DEMO.folder


@pytest.fixture(scope="session")
def aci_bench_dir() -> Path:
    """The folder of ACI-BENCH's train.csv; only for tests marked `aci_bench`."""
    return _ACI_BENCH.folder


@pytest.fixture(scope="session")
def foreign_notes_dir() -> Path:
    """The folder of notes by other hands; only for tests marked `foreign_notes`."""
    return _FOREIGN_NOTES.folder


@pytest.fixture(scope="session")
def nvidia_chat_template() -> str:
    """NVIDIA's own template of Nemotron Nano v2; only for tests marked `chat_template`."""
    return (_CHAT_TEMPLATE.folder / "NVIDIA-Nemotron-Nano-v2.jinja").read_text(encoding="utf-8")


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
    lazy = scan_release(release)
    tables = {name: table.collect() for name, table in lazy.items()}
    intake = build_encounters(lazy, IdVault(vault / "id_vault.sqlite"), data_use_of(release))
    return TakenIn(release, tables, intake)
