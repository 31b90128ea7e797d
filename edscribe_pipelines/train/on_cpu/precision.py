"""Whether this machine's processor computes in bf16 by itself. Where it does not, bf16 is slower than fp32."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from edscribe_pipelines.train.recipe import Recipe

_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
"""Intel's and AMD's, and Arm's, as Linux names them."""


def in_native_precision(recipe: Recipe) -> Recipe:
    """Return `recipe` as this machine trains it: fp32 for bf16 on a CPU that has none."""
    if recipe.implementation != "cpu" or has_bf16():
        return recipe
    return recipe.model_copy(update={"precision": "fp32"})


@cache
def has_bf16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Return whether the processor that `cpuinfo` describes has instructions for bf16; without the file, no."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(_FLAGS & set(line.split()) for line in lines if line.lower().startswith(("flags", "features")))
