"""Whether the weights of a pretrained base are there, whole, and those that the recipe names."""

from __future__ import annotations

from pathlib import Path

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.architecture import bundled_config, read_config
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.hashes import hash_base
from edscribe_pipelines.train.preflight.shards import find_shards
from edscribe_pipelines.train.recipe import Built, Recipe

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


def check_weights(recipe: Recipe, folder: Path | None, remembered: Path) -> Check:
    """Return the check; where it passes, its figures hold `sha256` over the whole base and `files` with each one's."""
    if isinstance(recipe.base, Built):
        return Check(NAME, "not_applicable", "the base is built by the training itself")
    name = recipe.base.name
    remedy = f"Set EDSCRIBE_BASE_MODEL to the folder of {name} (hf download {name} --local-dir FOLDER)."
    if folder is None:
        return Check(NAME, "refused", "the recipe needs pretrained weights and no folder is given", remedy)
    if not folder.is_dir():
        return Check(NAME, "refused", f"{folder} is no folder", remedy)
    shards = find_shards(folder)
    problems = [*_configuration(name, folder), *shards.problems]
    problems += [f"{file} is missing" for file in _TOKENIZER if not (folder / file).is_file()]
    if problems:
        return Check(NAME, "refused", f"{folder}: {'; '.join(problems)}", remedy, {"problems": len(problems)})
    sha256, files = hash_base(folder, remembered)
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
    others = [field for field in _SHAPE if getattr(found, field) != getattr(expected, field)]
    return [f"config.json is that of another model than {name}: {', '.join(others)} differ"] if others else []
