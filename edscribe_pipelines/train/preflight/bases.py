"""Tokenizer and architecture of a base that has not been touched yet."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.architecture import (
    Architecture,
    built_config,
    bundled_config,
    describe_architecture,
    read_config,
)
from edscribe_pipelines.train.chat import Pair
from edscribe_pipelines.train.lessons import texts_of
from edscribe_pipelines.train.recipe import Built, Recipe
from edscribe_pipelines.train.tokenizer import learn_tokenizer


def find_tokenizer(recipe: Recipe, folder: Path | None, pairs: Collection[Pair], specialty: Specialty) -> Any | None:
    """Return the base's tokenizer, learned from the training `pairs` where the base is built, as the worker learns it.

    None where there is nothing to learn it from or no folder. Raises BadInput where it cannot be loaded.
    """
    if recipe.tokenizer is not None:
        texts = texts_of(pairs, specialty)
        return learn_tokenizer(texts, recipe.tokenizer) if texts else None
    if folder is None or not folder.is_dir():
        return None
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # of many kinds, quoting the file
        problem = f"its tokenizer cannot be loaded ({type(error).__name__})"
        raise BadInput(str(folder), problem, remedy="Download the base whole.") from None


def find_architecture(recipe: Recipe, folder: Path | None, tokenizer: Any | None) -> Architecture | None:
    """Return what the base consists of; while its weights are missing, what a base of its name does. None: unknown."""
    config = _config(recipe, folder, tokenizer)
    return None if config is None else describe_architecture(config)


def _config(recipe: Recipe, folder: Path | None, tokenizer: Any | None) -> Any | None:
    if isinstance(recipe.base, Built):
        return None if tokenizer is None else built_config(recipe.base, tokenizer)
    try:
        return bundled_config(recipe.base.name) if folder is None else read_config(folder)
    except BadInput:
        return bundled_config(recipe.base.name)
