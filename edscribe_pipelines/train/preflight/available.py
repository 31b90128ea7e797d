"""The memory that a training has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from edscribe_pipelines.train.recipe import Recipe

_GIB = 2**30

DECLARED_CARD, DECLARED_GIB = "H100 80GB", 79.1
"""The card of the placement tagged h100, as PyTorch gives its capacity, where this machine has no card to ask."""

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


class Memory(NamedTuple):
    """`name` says whose memory it is; `shared` where all processes of a training share it."""

    name: str
    gib: float
    shared: bool


def find_memory(recipe: Recipe) -> Memory:
    """Return the memory of this machine's card; without one, of the card that the recipe needs, or of the machine.

    A recipe for a CPU has the machine's, whatever card is in it.
    """
    import torch

    if recipe.implementation == "cpu":
        return _this_machine()
    if torch.cuda.is_available():
        card = torch.cuda.get_device_properties(0)
        return Memory(card.name, card.total_memory / _GIB, shared=False)
    if recipe.implementation == "nemo" or recipe.attention == "flash_attention_2":
        return Memory(f"{DECLARED_CARD} (declared: no card here to ask)", DECLARED_GIB, shared=False)
    return _this_machine()


def _this_machine() -> Memory:
    return Memory("this machine", _machine_bytes() / _GIB, shared=True)


def _machine_bytes() -> int:
    """The container's limit counts where it is lower."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP_LIMIT.read_text().strip() if _CGROUP_LIMIT.is_file() else "max"
    return installed if limit == "max" else min(installed, int(limit))
