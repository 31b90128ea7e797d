"""Tokenizer and architecture of a base that has not been touched yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.architecture import Architecture, bundled_config, describe_architecture, read_config


def find_tokenizer(folder: Path | None) -> Any | None:
    """Return the tokenizer of the base in `folder`, None without one. Raises BadInput where it cannot be loaded."""
    if folder is None:
        return None
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # of many kinds, quoting the file
        problem = f"its tokenizer cannot be loaded ({type(error).__name__})"
        raise BadInput(str(folder), problem, remedy="Download the base whole.") from None


def find_architecture(name: str, folder: Path | None) -> Architecture | None:
    """Return what the base in `folder` consists of; while its weights are missing, what one of its `name` does.

    None: unknown.
    """
    try:
        config = bundled_config(name) if folder is None else read_config(folder)
    except BadInput:
        config = bundled_config(name)
    return None if config is None else describe_architecture(config)
