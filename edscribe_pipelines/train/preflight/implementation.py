"""Whether what is to compute the base can compute it."""

from __future__ import annotations

from edscribe_pipelines.train.architecture import Architecture
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.recipe import Recipe

NAME = "implementation"

_LLAMA = "L"


def check_implementation(recipe: Recipe, architecture: Architecture) -> Check:
    """Return whether implementation cpu has a Llama to compute; transformers and NeMo say themselves what they know."""
    if recipe.implementation != "cpu":
        return Check(NAME, "not_applicable", f"{recipe.implementation} is for bases of many kinds")
    blocks = len(architecture.layers)
    others = blocks - architecture.layers.count(_LLAMA)
    figures = {"layers": blocks, "of_other_kinds": others}
    if others:
        message = f"cpu computes a Llama alone, and {others} of the base's {blocks} layers are of other kinds"
        return Check(NAME, "refused", message, "Set implementation: transformers in the recipe.", figures)
    return Check(NAME, "passed", f"all {blocks} layers are a Llama's", figures=figures)
