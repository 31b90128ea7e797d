"""Pretrained weights, small and real, made once; each test gets a copy that it may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def pretrained(saved_weights: Path, tmp_path: Path) -> Path:
    """The folder of a base as Hugging Face distributes it, in one file."""
    return Path(shutil.copytree(saved_weights, tmp_path / "weights"))


@pytest.fixture
def sharded(saved_weights: Path, tmp_path: Path) -> Path:
    """The same base in several files with an index."""
    from transformers import NemotronHForCausalLM

    folder = tmp_path / "sharded"
    NemotronHForCausalLM.from_pretrained(saved_weights).save_pretrained(folder, max_shard_size="60KB")
    for beside in saved_weights.glob("tokenizer*"):
        shutil.copy(beside, folder)
    for beside in saved_weights.glob("chat_template*"):
        shutil.copy(beside, folder)
    return folder
