"""A folder in which the real command runs as a stranger would run it: stores and Dagster home of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from dagster import DagsterInstance, ExecuteInProcessResult

from edscribe_pipelines.definitions import build_defs
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.train.invented import EM, TINY
from edscribe_pipelines_tests.train.tiny_hybrid import like_nemotron, save_tiny_hybrid

RECIPE = TINY.model_copy(update={"sequence_length": 2048})
"""A model that learns nothing and so costs nothing, with room for whole notes."""


@cache
def _home_of_base() -> TemporaryDirectory[str]:
    home = TemporaryDirectory(prefix="edscribe-base-")
    save_tiny_hybrid(Path(home.name) / "base", like_nemotron([EM.prompt, *_words_of_notes()], vocabulary=4_000))
    return home


def _words_of_notes() -> Iterator[str]:
    """Yield the sample's notes without what they name: a model that writes at random writes any word that it has."""
    text = resources.files("edscribe_pipelines.intake").joinpath("sample_notes.yaml").read_text("utf-8")
    notes = yaml.safe_load(text)
    named = {known["value"] for note in notes for known in note["known_identifiers"]}
    for note in notes:
        yield re.sub("|".join(map(re.escape, sorted(named, key=len, reverse=True))), "", note["text"])


def base_model() -> Path:
    """Return the base of the recipe, made once for all tests and removed after them."""
    return Path(_home_of_base().name) / "base"


COMMANDS = Path(sys.executable).parent
"""Where the `edscribe` and `dagster` of this environment are."""

_QUIET = {"DAGSTER_DISABLE_TELEMETRY": "1", "GX_ANALYTICS_ENABLED": "false", "HF_HUB_OFFLINE": "1"}


@dataclass(frozen=True)
class Workplace:
    folder: Path
    specialties: str = "emergency_medicine"
    """Without any, the command ends after the corpus job."""

    more: Mapping[str, str] = field(default_factory=dict)
    """Further settings, as environment variables."""

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def phi_store(self) -> Path:
        return self.folder / "phi_store"

    @property
    def dagster_home(self) -> Path:
        return self.folder / "dagster_home"

    @property
    def release(self) -> Path:
        return self.folder / "in" / "mimic"

    @property
    def notes(self) -> Path:
        return self.folder / "in" / "notes"

    @property
    def recipe(self) -> Path:
        path = self.folder / "in" / "recipe.yaml"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(yaml.safe_dump(RECIPE.model_dump()), encoding="utf-8")
        return path

    def environment(self) -> dict[str, str]:
        """Return the environment of the tests with this folder's settings and no other of ours."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(("EDSCRIBE_", "DAGSTER_"))}
        return {
            **others,
            **_QUIET,
            "PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}",
            "EDSCRIBE_STORE": str(self.store),
            "EDSCRIBE_PHI_STORE": str(self.phi_store),
            "EDSCRIBE_RECIPE": str(self.recipe),
            "EDSCRIBE_BASE_MODEL": str(base_model()),
            "EDSCRIBE_SPECIALTIES": self.specialties,
            "DAGSTER_HOME": str(self.dagster_home),
            **self.more,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [str(COMMANDS / "edscribe"), *arguments]
        return subprocess.Popen(
            command, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder
        )

    def edscribe(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments) as process:
            stdout, stderr = process.communicate(timeout=420)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def run(self, month: str) -> subprocess.CompletedProcess[str]:
        return self.edscribe(*self.run_of(month))

    def run_of(self, month: str) -> tuple[str, ...]:
        """Return the command that runs `month` on the release and the notes of this folder."""
        return ("run", "--mimic", str(self.release), "--notes", str(self.notes), "--month", month)

    def settings(self) -> Settings:
        return Settings(
            store=self.store,
            phi_store=self.phi_store,
            mimic_dir=self.release,
            notes_dir=str(self.notes),
            inputs_complete=True,
            recipe=str(self.recipe),
            base_model=base_model(),
        )

    def run_corpus(self, month: str) -> ExecuteInProcessResult:
        """Run the corpus job alone, in this process."""
        job = build_defs(self.settings()).resolve_job_def("corpus")
        with DagsterInstance.ephemeral() as instance:
            return job.execute_in_process(instance=instance, partition_key=month)

    def stages(self) -> Stages:
        return Stages(self.settings())
