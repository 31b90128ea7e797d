"""An estimate, never a measurement, of the memory that a training needs, part by part.

It assumes that every case is as long as the recipe allows, that sharding saves nothing, and:
weights          each parameter at the recipe's precision
what is trained  weights, gradients and AdamW's two moments: four copies at that precision
activations      of each block as many bytes as `_KEPT` times what its linear layers read and write; with gradient
                 checkpointing one value a token and hidden dimension for each block, and one block in full
                 while it is computed again; the gradients of one block beside them
logits           16 bytes each: logits, their fp32 copy, log-softmax, gradient. Under NeMo's class the loss is computed
                 in chunks of 512 tokens; otherwise they stand for all tokens at once, and with a large vocabulary they
                 are the largest part
runtime          libraries, CUDA context, what the allocator cannot use
"""

from __future__ import annotations

from collections.abc import Sequence

from edscribe_pipelines.train.architecture import Architecture
from edscribe_pipelines.train.preflight.available import Memory
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.targets import matched, trainable
from edscribe_pipelines.train.recipe import Recipe

NAME = "memory (an estimate)"

BYTES = {"fp32": 4, "bf16": 2}
_COPIES_TRAINED = 4
_KEPT = {"transformers": 2.7, "cpu": 1.5, "nemo": 1.5}
"""transformers: what autograd held of a small hybrid's blocks on a CPU, LoRA on all of them, over the size of their
linear layers' inputs and outputs; SmolLM2's held as much. nemo: counted from what its fused layers keep, not
measured."""

_BYTES_A_LOGIT = 16
_CHUNK_OF_LOSS = 512
_RUNTIME_GIB = 2.0
_TIGHT = 0.9
_GIB = 2**30


def estimate_memory(recipe: Recipe, architecture: Architecture, names: Sequence[str]) -> dict[str, float]:
    """Return GiB a process by part."""
    size = BYTES[recipe.precision]
    tokens = recipe.batch_size * recipe.sequence_length
    trained = trainable(matched(architecture, names), recipe.lora.rank)
    logits = min(tokens, _CHUNK_OF_LOSS) if recipe.implementation == "nemo" else tokens
    parts = {
        "weights": architecture.parameters * size,
        "trained": _COPIES_TRAINED * trained * size,
        "activations": _activations(recipe, architecture, tokens) * size,
        "logits": logits * architecture.vocabulary * _BYTES_A_LOGIT,
    }
    return {name: value / _GIB for name, value in parts.items()} | {"runtime": _RUNTIME_GIB}


def _activations(recipe: Recipe, architecture: Architecture, tokens: int) -> float:
    """Return how many values the backward pass finds in memory at its worst moment."""
    blocks = [0.0] * len(architecture.layers)
    for linear in architecture.linears:
        if linear.layer is not None:
            blocks[linear.layer] += _KEPT[recipe.implementation] * (linear.inputs + linear.outputs) * tokens
    if recipe.gradient_checkpointing:
        return len(blocks) * architecture.hidden_size * tokens + 2 * max(blocks)
    return sum(blocks) + max(blocks)


def check_memory(recipe: Recipe, architecture: Architecture, names: Sequence[str], memory: Memory) -> Check:
    parts = estimate_memory(recipe, architecture, names)
    needed = sum(parts.values()) * (recipe.processes if memory.shared else 1)
    figures = {
        "estimated_gib": {name: round(gib, 2) for name, gib in parts.items()},
        "needed_gib": round(needed, 1),
        "available_gib": round(memory.gib, 1),
        "memory_of": memory.name,
    }
    largest = max(parts.keys() - {"runtime"}, key=parts.__getitem__)
    message = (
        f"estimated at {needed:.1f} GiB of the {memory.gib:.1f} GiB of {memory.name}; "
        f"the largest part is {largest} with {parts[largest]:.1f} GiB"
    )
    if needed <= _TIGHT * memory.gib:
        return Check(NAME, "passed", message, figures=figures)
    return Check(NAME, "refused" if needed > memory.gib else "warned", message, _remedy(recipe), figures)


def _remedy(recipe: Recipe) -> str:
    ways = [] if recipe.gradient_checkpointing else ["set gradient_checkpointing: true"]
    ways += ["lower batch_size and raise gradient_accumulation as much"] if recipe.batch_size > 1 else []
    ways += ["lower sequence_length"]
    return f"In the recipe {', or '.join(ways)}."
