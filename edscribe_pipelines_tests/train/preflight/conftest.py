"""Pretrained weights, small and real, made once; each test gets a copy that it may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.train.base import save_untrained_base
from edscribe_pipelines_tests.train.invented import TINY, invented_cases
from edscribe_pipelines_tests.train.preflight.invented import like_nemotron


@pytest.fixture(scope="session")
def nemotron_tokenizer() -> Any:
    cases = invented_cases()
    return like_nemotron([*cases["prompt"], *cases["completion"]])


@pytest.fixture(scope="session")
def _saved(nemotron_tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "base"
    save_untrained_base(folder, nemotron_tokenizer, TINY.base, seed=1)
    return folder


@pytest.fixture
def pretrained(_saved: Path, tmp_path: Path) -> Path:
    """The folder of a base as Hugging Face distributes it, in one file."""
    return Path(shutil.copytree(_saved, tmp_path / "weights"))


@pytest.fixture
def sharded(_saved: Path, tmp_path: Path) -> Path:
    """The same base in several files with an index."""
    from transformers import NemotronHForCausalLM

    folder = tmp_path / "sharded"
    NemotronHForCausalLM.from_pretrained(_saved).save_pretrained(folder, max_shard_size="60KB")
    for beside in _saved.glob("tokenizer*"):
        shutil.copy(beside, folder)
    for beside in _saved.glob("chat_template*"):
        shutil.copy(beside, folder)
    return folder
