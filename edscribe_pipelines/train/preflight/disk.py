"""Whether the disk holds what a training writes, before it has written anything."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from edscribe_pipelines.train.architecture import Architecture
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.memory import BYTES
from edscribe_pipelines.train.preflight.targets import matched, trainable
from edscribe_pipelines.train.recipe import Recipe

NAME = "disk for checkpoints"

_GB = 10**9
_CHECKPOINTS = 3
"""The latest, the best by validation, and the one that is being written."""

_COPIES_IN_CHECKPOINT = 3
"""What is trained, and AdamW's two moments."""

_COPIES_OF_BASE = 3
"""A base that is built stands untrained, trained, and in the result."""

_MARGIN = 1.1

LEAST = 256 * 2**20
"""For logs, and for the report of the preflight itself: a disk with less may not even take that."""


def needed_disk(recipe: Recipe, architecture: Architecture, names: Sequence[str], text_bytes: int) -> int:
    """Return the bytes that a training holds on disk at most; `text_bytes` are those of its cases."""
    size = BYTES[recipe.precision]
    adapter = trainable(matched(architecture, names), recipe.lora.rank) * size
    of_lora = (_CHECKPOINTS * _COPIES_IN_CHECKPOINT + 2) * adapter
    lessons = text_bytes * (2 + recipe.lora.recombined)
    if recipe.warm_up is None:
        return round(_MARGIN * (of_lora + lessons)) + LEAST
    base = architecture.parameters * size
    of_warm_up = (_CHECKPOINTS * _COPIES_IN_CHECKPOINT + 1) * base
    lessons += text_bytes * (1 + recipe.warm_up.recombined)
    return round(_MARGIN * (_COPIES_OF_BASE * base + max(of_lora, of_warm_up) + lessons)) + LEAST


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
