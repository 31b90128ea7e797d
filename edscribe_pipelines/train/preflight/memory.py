"""An estimate, never a measurement, of the memory that a training needs, part by part.

It assumes that every case is as long as the recipe allows, that sharding saves nothing, and:
weights          each parameter at the recipe's precision
what is trained  weights, gradients and AdamW's two moments: four copies at that precision; on a CPU always fp32
activations      of each block as many bytes as `_KEPT` times what its linear layers read and write, on a CPU what
                 `on_cpu.block` keeps; with gradient checkpointing one value a token and hidden dimension for each
                 block, and one block in full while it is computed again; the gradients of one block beside them
logits           16 bytes each: logits, their fp32 copy, log-softmax, gradient; of as many tokens as the loss takes at
                 once
runtime          libraries, CUDA context, what the allocator cannot use
"""

from __future__ import annotations

from collections.abc import Sequence

from edscribe_pipelines.train.architecture import Architecture, Linear
from edscribe_pipelines.train.preflight.available import Memory
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.targets import matched, trainable
from edscribe_pipelines.train.recipe import Recipe

NAME = "memory (an estimate)"

BYTES = {"fp32": 4, "bf16": 2}
_COPIES_TRAINED = 4
_KEPT = {"transformers": 2.7, "nemo": 1.5}
"""transformers: what autograd held of a small hybrid's blocks on a CPU, LoRA on all of them, over the size of their
linear layers' inputs and outputs; SmolLM2's held as much. nemo: counted from what its fused layers keep, not
measured. cpu is counted layer by layer."""

_READ_TOGETHER = (("q_proj", "k_proj", "v_proj"), ("o_proj",), ("gate_proj", "up_proj"), ("down_proj",))
"""The linear layers of a Llama's block that read the same input, as `on_cpu.block` computes them."""

_BYTES_A_LOGIT = 16
_TOKENS_OF_LOGITS = {"transformers": 256, "cpu": 256, "nemo": 512}
_RUNTIME_GIB = 2.0
_TIGHT = 0.9
_GIB = 2**30


def estimate_memory(recipe: Recipe, architecture: Architecture, names: Sequence[str]) -> dict[str, float]:
    """Return GiB a process by part."""
    size = BYTES[recipe.precision]
    tokens = recipe.batch_size * recipe.sequence_length
    trained = trainable(matched(architecture, names), recipe.lora.rank)
    logits = min(tokens, _TOKENS_OF_LOGITS[recipe.implementation])
    parts = {
        "weights": architecture.parameters * size,
        "trained": _COPIES_TRAINED * trained * bytes_of_adapter(recipe),
        "activations": _activations(recipe, architecture, names, tokens),
        "logits": logits * architecture.vocabulary * _BYTES_A_LOGIT,
    }
    return {name: value / _GIB for name, value in parts.items()} | {"runtime": _RUNTIME_GIB}


def bytes_of_adapter(recipe: Recipe) -> int:
    """Return the bytes of each of its parameters."""
    return BYTES["fp32" if recipe.implementation == "cpu" else recipe.precision]


def _activations(recipe: Recipe, architecture: Architecture, names: Sequence[str], tokens: int) -> float:
    """Return how many bytes the backward pass finds in memory at its worst moment."""
    inside = [linear for linear in architecture.linears if linear.layer is not None]
    kept = _kept_by_hand if recipe.implementation == "cpu" else _kept_by_autograd
    blocks = [
        kept(recipe, [linear for linear in inside if linear.layer == number], names, tokens)
        for number in range(len(architecture.layers))
    ]
    if recipe.gradient_checkpointing:
        return len(blocks) * architecture.hidden_size * tokens * BYTES[recipe.precision] + 2 * max(blocks)
    return sum(blocks) + max(blocks)


def _kept_by_autograd(recipe: Recipe, block: Sequence[Linear], names: Sequence[str], tokens: int) -> float:
    values = sum(linear.inputs + linear.outputs for linear in block) * tokens
    return _KEPT[recipe.implementation] * values * BYTES[recipe.precision]


def _kept_by_hand(recipe: Recipe, block: Sequence[Linear], names: Sequence[str], tokens: int) -> float:
    """Return the bytes that `on_cpu.block` keeps of a block: the input, queries, keys and values, the output of
    attention, what is between attention and MLP, gate and up; of adapters the pair of matrices, what is between them,
    and a mask of one byte for each value that dropout may take."""
    size, rank = BYTES[recipe.precision], recipe.lora.rank
    kept = 0.0
    for kinds in _READ_TOGETHER:
        together = [linear for linear in block if linear.kind in kinds]
        inputs = max((linear.inputs for linear in together), default=0)
        outputs = sum(linear.outputs for linear in together)
        ranks = rank * len([linear for linear in together if linear.kind in names])
        if "down_proj" not in kinds:
            kept += inputs * tokens * size
        if len(kinds) > 1:
            kept += outputs * tokens * size
        kept += ranks * (tokens + inputs + outputs) * size
        kept += inputs * tokens if ranks and recipe.lora.dropout else 0
    return kept


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
    checkpointed = recipe.gradient_checkpointing or recipe.implementation == "cpu"
    ways = [] if checkpointed else ["set gradient_checkpointing: true"]
    ways += ["lower batch_size and raise gradient_accumulation as much"] if recipe.batch_size > 1 else []
    ways += ["lower sequence_length"]
    return f"In the recipe {', or '.join(ways)}."
