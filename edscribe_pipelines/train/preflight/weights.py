"""Whether the weights of the base are there, whole, and those that the recipe names."""

from __future__ import annotations

from pathlib import Path

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.architecture import bundled_config, read_config
from edscribe_pipelines.train.base import hash_of
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.hashes import HASHES, hash_base
from edscribe_pipelines.train.preflight.shards import find_shards
from edscribe_pipelines.train.recipe import Packaged, Recipe

NAME = "base weights"
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json")
_SHAPE = (
    "hybrid_override_pattern",
    "hidden_size",
    "intermediate_size",
    "vocab_size",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "mamba_num_heads",
    "mamba_head_dim",
    "ssm_state_size",
    "n_groups",
)
"""What decides how large each weight is; the published configurations also hold much that does not."""


def check_weights(recipe: Recipe, folder: Path, store: Path) -> Check:
    """Return the check of the base in `folder`; where it passes, its figures hold `sha256`, which ties adapters to it,
    and `files` with each one's. `store` remembers hashes."""
    name = recipe.base.name
    shards = find_shards(folder)
    problems = [*_configuration(name, folder), *shards.problems]
    problems += [f"{file} is missing" for file in _TOKENIZER if not (folder / file).is_file()]
    if problems:
        remedy = (
            "Remove the folder: it is made again."
            if isinstance(recipe.base, Packaged)
            else f"Set EDSCRIBE_BASE_MODEL to the folder of {name} (hf download {name} --local-dir FOLDER)."
        )
        return Check(NAME, "refused", f"{folder}: {'; '.join(problems)}", remedy, {"problems": len(problems)})
    _, files = hash_base(folder, store / HASHES)
    sha256 = hash_of(recipe, folder, store)
    figures = {"sha256": sha256, "parameters": shards.parameters, "shards": len(shards.files), "files": files}
    message = f"{shards.parameters:,} parameters, all files whole; SHA-256 {sha256[:16]}"
    return Check(NAME, "passed", message, figures=figures)


def _configuration(name: str, folder: Path) -> list[str]:
    """Return what is wrong with the configuration, as sentences."""
    if not (folder / "config.json").is_file():
        return ["config.json is missing"]
    try:
        found = read_config(folder)
    except BadInput as error:
        return [str(error).removeprefix(f"{folder}/").rstrip(".")]
    expected = bundled_config(name)
    if expected is None:
        return []
    others = [field for field in _SHAPE if getattr(found, field, None) != getattr(expected, field)]
    return [f"config.json is that of another model than {name}: {', '.join(others)} differ"] if others else []
