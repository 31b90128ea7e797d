"""Which layers an adapter changes, how many parameters that makes, and lists that cannot work."""

from __future__ import annotations

from collections.abc import Sequence

from edscribe_pipelines.train.architecture import Architecture, Linear
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.recipe import TARGETS

NAME = "LoRA targets"

FORBIDDEN = "out_proj"
_WHY_FORBIDDEN = (
    "out_proj is read by the fused Mamba kernel as a plain weight: an adapter on it is passed over on a GPU, "
    "while on a CPU it trains"
)

_MLP_RANK = 8
_ALTERNATIVE = (*TARGETS["plan"], "up_proj", "down_proj")
"""At this rank this list comes nearest to the plan's "9 M parameters, 0.1 %" (section 3)."""

_WIDE = 0.5
"""The share of blocks below which a list is warned of. Measured on a tiny hybrid with 2 attention blocks of 8: on
q/k/v/o alone the adapter learned none of the note's twelve sections, with the Mamba and MLP layers nearly all."""


def matched(architecture: Architecture, names: Sequence[str]) -> list[Linear]:
    """Return the linear layers whose name ends as one of `names` does: NeMo's pattern `*.name`."""
    return [linear for linear in architecture.linears if linear.kind in names]


def trainable(linears: Sequence[Linear], rank: int) -> int:
    """Return the parameters of LoRA's two matrices a layer."""
    return sum(rank * (linear.inputs + linear.outputs) for linear in linears)


def check_targets(architecture: Architecture, names: Sequence[str], rank: int) -> Check:
    if FORBIDDEN in names:
        remedy = "Take targets: hybrid, which adapts in_proj instead."
        return Check(NAME, "refused", _WHY_FORBIDDEN, remedy)
    found = matched(architecture, names)
    remedy = f"The base has {', '.join(sorted({linear.kind for linear in architecture.linears}))}."
    if not found:
        return Check(NAME, "refused", f"no layer of the base is called {', '.join(names)}", remedy)
    blocks, count = len({linear.layer for linear in found}), trainable(found, rank)
    message = (
        f"{_short(count)} trainable parameters at rank {rank} ({count / architecture.parameters:.3%} of "
        f"{_short(architecture.parameters)}) in {blocks} of {len(architecture.layers)} layers"
    )
    modules = {name: sum(1 for linear in found if linear.kind == name) for name in names}
    figures = {
        "trainable_parameters": count,
        "base_parameters": architecture.parameters,
        "layers_touched": blocks,
        "layers": len(architecture.layers),
        "modules": modules,
    }
    if missing := [name for name in names if not modules[name]]:
        return Check(NAME, "warned", f"{message}; no layer is called {', '.join(missing)}", remedy, figures)
    if blocks >= _WIDE * len(architecture.layers):
        return Check(NAME, "passed", message, figures=figures)
    return Check(NAME, "warned", message, _wider(architecture, rank), figures)


def _wider(architecture: Architecture, rank: int) -> str:
    hybrid = trainable(matched(architecture, TARGETS["hybrid"]), rank)
    alternative = trainable(matched(architecture, _ALTERNATIVE), _MLP_RANK)
    return (
        "A tiny hybrid adapted in its attention layers alone did not learn the note. "
        f"Take targets: hybrid ({_short(hybrid)} at rank {rank}); q/k/v/o with up_proj and down_proj at rank "
        f"{_MLP_RANK} is {_short(alternative)}."
    )


def _short(parameters: int) -> str:
    return f"{parameters / 1e6:,.2f} M" if parameters >= 1e5 else f"{parameters:,}"
