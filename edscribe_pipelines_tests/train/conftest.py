"""One training for the whole folder, interrupted once by a kill: starting NeMo takes most of its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.train.base import save_untrained_base
from edscribe_pipelines.train.process import TrainingSummary, train_adapter
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases
from edscribe_pipelines_tests.train.preflight.invented import like_nemotron

KILLED_AT = 4
"""The LoRA step after which the worker is killed; the last checkpoint then stands at step 2 or 4."""


@dataclass
class Trained:
    out: Path
    summary: TrainingSummary
    before_kill: list[dict[str, Any]]
    after_kill: list[dict[str, Any]]
    survivors: list[str] = field(default_factory=list)
    logs: str = ""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("training")
    cases, work, out = invented_cases(), folder / "work", folder / "out"
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []

    def interrupt(event: dict[str, Any]) -> None:
        before.append(event)
        if event["event"] == "step" and event["stage"] == "lora" and event["step"] == KILLED_AT:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_adapter(cases, TINY, work, out, interrupt, specialty=EM)
    survivors = _processes_of(work)
    assert not out.exists()
    summary = train_adapter(cases, TINY, work, out, after.append, specialty=EM)
    logs = "".join(log.read_text() for log in work.rglob("worker.log"))
    return Trained(out, summary, before, after, survivors, logs)


@pytest.fixture(scope="session")
def nemotron_tokenizer() -> Any:
    cases = invented_cases()
    return like_nemotron([*cases["prompt"], *cases["completion"]])


@pytest.fixture(scope="session")
def saved_weights(nemotron_tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a base as Hugging Face distributes it: nobody may change it."""
    folder = tmp_path_factory.mktemp("weights") / "base"
    save_untrained_base(folder, nemotron_tokenizer, TINY.base, seed=1)
    return folder


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
