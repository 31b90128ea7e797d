"""A Llama block with LoRA on a CPU, forwards and backwards by hand.

Autograd's own way through transformers' block spends most of its time beside the matrices: on copies in fp32, on masks
for each of seven adapters, on sums of gradients of what was used twice. Here layers that read the same input are one
product, their adapters one more, and their dropout one mask; weights of the base are frozen, so that no gradient of
theirs is made. What the backward pass needs is kept, and what is cheap is computed again.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.on_cpu.attention import Segment, attend, attend_backward, segments_of


class Projection:
    """Linear layers with the same input, as one; each with an adapter or none."""

    def __init__(self, linears: Sequence[Any]) -> None:
        self.weight = torch.cat([linear.weight for linear in linears])
        ends = torch.tensor([0, *(linear.out_features for linear in linears)]).cumsum(0).tolist()
        self.places = [slice(start, end) for start, end in pairwise(ends)]
        for linear, place in zip(linears, self.places, strict=True):
            linear.weight.data = self.weight[place]
        self.adapted = [
            (linear, place) for linear, place in zip(linears, self.places, strict=True) if hasattr(linear, "lora_A")
        ]

    @property
    def adapters(self) -> list[torch.Tensor]:
        return [matrix.weight for linear, _ in self.adapted for matrix in (linear.lora_A, linear.lora_B)]

    @property
    def dropout(self) -> float:
        return self.adapted[0][0].dropout_p if self.adapted else 0.0

    def low_rank(self, adapters: Sequence[torch.Tensor], kept: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the adapters as one pair of matrices, [ranks, inputs] and [outputs, ranks]; what they give is scaled
        by LoRA's scale and for the share of inputs that dropout has `kept`."""
        dtype = self.weight.dtype
        down = torch.cat(list(adapters[::2])).to(dtype)
        up = torch.zeros(len(self.weight), len(down), dtype=dtype)
        first = 0
        for (linear, place), matrix in zip(self.adapted, adapters[1::2], strict=True):
            last = first + matrix.shape[1]
            up[place, first:last] = matrix * (linear.scale / kept)
            first = last
        return down, up

    def split(self, down: torch.Tensor, up: torch.Tensor, kept: float) -> list[torch.Tensor]:
        """Return the gradients of `adapters` from those of the pair that `low_rank` has made."""
        grads, first = [], 0
        for linear, place in self.adapted:
            last = first + linear.lora_A.weight.shape[0]
            grads += [down[first:last].float(), up[place, first:last].float() * (linear.scale / kept)]
            first = last
        return grads


class Applied(NamedTuple):
    """What the backward pass of a projection with adapters needs beside its input."""

    down: torch.Tensor
    up: torch.Tensor
    inner: torch.Tensor
    dropped: torch.Tensor | None
    kept: float


def project(
    read: torch.Tensor, projection: Projection, adapters: Sequence[torch.Tensor], *, training: bool
) -> tuple[torch.Tensor, Applied | None]:
    """Return the output, and what the backward pass needs where there are adapters."""
    out = functional.linear(read, projection.weight)
    if not adapters:
        return out, None
    share = projection.dropout if training else 0.0
    down, up = projection.low_rank(adapters, 1 - share)
    dropped = random_mask(read.shape, share) if share else None
    inner = functional.linear(_drop(read, dropped), down)
    torch.addmm(out, inner, up.t(), out=out)
    return out, Applied(down, up, inner, dropped, 1 - share)


def project_backward(
    grad: torch.Tensor, read: torch.Tensor, projection: Projection, applied: Applied | None
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Return the gradient of the input and those of the adapters."""
    of_read = grad @ projection.weight
    if applied is None:
        return of_read, []
    of_inner = grad @ applied.up
    of_up = grad.t() @ applied.inner
    of_down = of_inner.t() @ _drop(read, applied.dropped)
    if applied.dropped is None:
        torch.addmm(of_read, of_inner, applied.down, out=of_read)
    else:
        of_read += _drop(of_inner @ applied.down, applied.dropped)
    return of_read, projection.split(of_down, of_up, applied.kept)


def _drop(values: torch.Tensor, dropped: torch.Tensor | None) -> torch.Tensor:
    return values if dropped is None else values.masked_fill(dropped, 0)


def random_mask(shape: torch.Size, share: float) -> torch.Tensor:
    """Return a mask of which `share` is set, to 1 in 65,536. Sixteen bits decide each place: torch's own draws 53."""
    size = shape.numel()
    words = torch.empty(-(-size // 4), dtype=torch.int64).random_(-(2**63), None)
    return (words.view(torch.int16)[:size] < round(share * 65_536) - 32_768).view(shape)


def normalise(read: torch.Tensor, norm: Any) -> Any:
    """Return the normalised input and the reciprocal root mean square [tokens, 1]."""
    squares = torch.linalg.vector_norm(read, dim=-1, keepdim=True, dtype=torch.float32).square_()
    factor = squares.div_(read.shape[-1]).add_(norm.variance_epsilon).rsqrt_()
    return rescale(read, factor, norm), factor


def rescale(read: torch.Tensor, factor: torch.Tensor, norm: Any) -> torch.Tensor:
    return (read.float() * factor).to(read.dtype).mul_(norm.weight)


def normalise_backward(grad: torch.Tensor, read: torch.Tensor, factor: torch.Tensor, norm: Any) -> torch.Tensor:
    straight = (grad * norm.weight).float()
    normal = read.float() * factor
    along = torch.linalg.vecdot(straight, normal).unsqueeze(-1).div_(read.shape[-1])
    return straight.addcmul_(normal, along, value=-1).mul_(factor).to(read.dtype)


def turn(heads: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> None:
    """Turn queries and keys [tokens, heads, width] by their positions, in place; minus `sines` turns them back."""
    first, second = heads.chunk(2, -1)
    turned = first * cosines
    turned.addcmul_(second, sines, value=-1)
    second.mul_(cosines).addcmul_(first, sines)
    first.copy_(turned)


class Block:
    """The layers of one block of a Llama, as `_Pass` uses them."""

    def __init__(self, layer: Any) -> None:
        attention, mlp = layer.self_attn, layer.mlp
        self.width = attention.head_dim
        self.before_attention, self.before_mlp = layer.input_layernorm, layer.post_attention_layernorm
        self.heads = attention.config.num_attention_heads
        self.key_heads = attention.config.num_key_value_heads
        self.projections = (
            Projection([attention.q_proj, attention.k_proj, attention.v_proj]),
            Projection([attention.o_proj]),
            Projection([mlp.gate_proj, mlp.up_proj]),
            Projection([mlp.down_proj]),
        )
        self.layer = layer

    @property
    def adapters(self) -> list[torch.Tensor]:
        return [matrix for projection in self.projections for matrix in projection.adapters]

    def read(self, hidden: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> Any:
        """Return query, key and value [tokens, heads, width] of a block without adapters, turned by their positions."""
        normal, _ = normalise(hidden, self.before_attention)
        heads = functional.linear(normal, self.projections[0].weight).unflatten(1, (-1, self.width))
        turn(heads[:, : self.heads + self.key_heads], cosines, sines)
        return heads.split([self.heads, self.key_heads, self.key_heads], 1)

    def write(self, hidden: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """Return the block's output for its input `hidden` and the output of its attention."""
        middle = functional.linear(seen, self.projections[1].weight).add_(hidden)
        normal, _ = normalise(middle, self.before_mlp)
        gate, up = functional.linear(normal, self.projections[2].weight).chunk(2, 1)
        return functional.linear(functional.silu(gate).mul_(up), self.projections[3].weight).add_(middle)

    def shares(self, adapters: Sequence[torch.Tensor]) -> list[Sequence[torch.Tensor]]:
        """Return `adapters` by projection."""
        shares, first = [], 0
        for projection in self.projections:
            last = first + 2 * len(projection.adapted)
            shares.append(adapters[first:last])
            first = last
        return shares


class _Pass(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        read: torch.Tensor,
        cosines: torch.Tensor,
        sines: torch.Tensor,
        segments: list[Segment],
        block: Block,
        *adapters: torch.Tensor,
    ) -> torch.Tensor:
        qkv_p, out_p, gate_p, down_p = block.projections
        a_qkv, a_out, a_gate, a_down = block.shares(adapters)
        training = block.layer.training
        normal, factor = normalise(read, block.before_attention)
        qkv, by_qkv = project(normal, qkv_p, a_qkv, training=training)
        heads = qkv.unflatten(1, (-1, block.width))
        turn(heads[:, : block.heads + block.key_heads], cosines, sines)
        query, key, value = heads.split([block.heads, block.key_heads, block.key_heads], 1)
        seen, logs = attend(query, key, value, segments)
        seen = seen.flatten(1)
        middle, by_out = project(seen, out_p, a_out, training=training)
        middle += read
        normal, factor_mlp = normalise(middle, block.before_mlp)
        gated, by_gate = project(normal, gate_p, a_gate, training=training)
        gate, up = gated.chunk(2, 1)
        written, by_down = project(functional.silu(gate).mul_(up), down_p, a_down, training=training)
        written += middle
        ctx.saved = (read, factor, qkv, seen, logs, middle, factor_mlp, gated, by_qkv, by_out, by_gate, by_down)
        ctx.turning, ctx.segments, ctx.block = (cosines, sines), segments, block
        return written

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        (grad,) = grads
        block, (cosines, sines) = ctx.block, ctx.turning
        qkv_p, out_p, gate_p, down_p = block.projections
        read, factor, qkv, seen, logs, middle, factor_mlp, gated, by_qkv, by_out, by_gate, by_down = ctx.saved
        del ctx.saved
        gate, up = gated.chunk(2, 1)
        opened = functional.silu(gate)
        of_act, of_down = project_backward(grad, opened * up, down_p, by_down)
        of_gated = torch.empty_like(gated)
        torch.mul(of_act, opened, out=of_gated[:, up.shape[1] :])
        torch.ops.aten.silu_backward.grad_input(of_act.mul_(up), gate, grad_input=of_gated[:, : up.shape[1]])
        del opened, of_act
        normal = rescale(middle, factor_mlp, block.before_mlp)
        of_normal, of_gate = project_backward(of_gated, normal, gate_p, by_gate)
        grad = grad + normalise_backward(of_normal, middle, factor_mlp, block.before_mlp)
        of_seen, of_out = project_backward(grad, seen, out_p, by_out)
        heads = qkv.unflatten(1, (-1, block.width))
        query, key, value = heads.split([block.heads, block.key_heads, block.key_heads], 1)
        of_heads = torch.empty_like(heads)
        places = of_heads.split([block.heads, block.key_heads, block.key_heads], 1)
        shaped = of_seen.unflatten(1, (-1, block.width)), query, key, value, seen.unflatten(1, (-1, block.width)), logs
        for place, found in zip(places, attend_backward(*shaped, ctx.segments), strict=True):
            place.copy_(found)
        turn(of_heads[:, : block.heads + block.key_heads], cosines, -sines)
        normal = rescale(read, factor, block.before_attention)
        of_normal, of_qkv = project_backward(of_heads.flatten(1), normal, qkv_p, by_qkv)
        grad = grad + normalise_backward(of_normal, read, factor, block.before_attention)
        return grad, None, None, None, None, *of_qkv, *of_out, *of_gate, *of_down


def by_hand(model: Any) -> None:
    """Let the blocks of a Llama, `model`, run as above, in place; its parameters keep names and values.

    Raises BadInput where the blocks are others than those above, before anything is changed.
    """
    if not _has_plain_blocks(model.config):
        problem = "cpu computes the blocks of a Llama without biases, and the base has others"
        raise BadInput("recipe", problem, field="implementation", remedy="Set implementation: transformers.")
    for layer in model.model.layers:
        layer.forward = types.MethodType(_forward_of(Block(layer)), layer)


def _has_plain_blocks(config: Any) -> bool:
    return (
        config.model_type == "llama"
        and config.hidden_act == "silu"
        and not (config.attention_bias or config.mlp_bias or config.attention_dropout)
    )


def _forward_of(block: Block) -> Any:
    def forward(layer: Any, hidden_states: Any, *, position_ids: Any, position_embeddings: Any, **_: Any) -> Any:
        assert len(hidden_states) == 1
        cosines, sines = (each[0, :, None, : each.shape[-1] // 2] for each in position_embeddings)
        segments = segments_of(position_ids[0])
        return _Pass.apply(hidden_states[0], cosines, sines, segments, block, *block.adapters)[None]

    return forward
