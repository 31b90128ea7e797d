"""The CUDA kernel of mamba_ssm that NeMo's Nemotron class calls, in torch, so that the class runs on a CPU.

It is made of transformers' own torch implementation of the convolution and the scan, run anew on each segment
of `seq_idx`. That mamba_ssm's kernel does the same on a GPU is not shown here.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest
import torch
from torch.nn.functional import linear, silu
from transformers.models.nemotron_h import modeling_nemotron_h as hf


def install(patch: pytest.MonkeyPatch) -> None:
    names = ["mamba_ssm", "mamba_ssm.ops", "mamba_ssm.ops.triton", "mamba_ssm.ops.triton.ssd_combined"]
    modules = {name: ModuleType(name) for name in names}
    modules[names[-1]].mamba_split_conv1d_scan_combined = split_conv1d_scan  # type: ignore[attr-defined]
    for name, module in modules.items():
        patch.setitem(sys.modules, name, module)


def split_conv1d_scan(projected: Any, *weights: Any, seq_idx: Any, **settings: Any) -> Any:
    if seq_idx is None:
        seq_idx = torch.zeros(projected.shape[:2])
    return torch.cat(
        [
            torch.cat([_segment(row[None, start:end], *weights, **settings) for start, end in _segments(numbers)], 1)
            for row, numbers in zip(projected, seq_idx, strict=True)
        ]
    )


def _segments(numbers: Any) -> Any:
    changes = torch.nonzero(numbers[1:] != numbers[:-1]).flatten() + 1
    return pairwise([0, *changes.tolist(), len(numbers)])


def _segment(
    projected: Any,
    conv_weight: Any,
    conv_bias: Any,
    dt_bias: Any,
    decay: Any,
    *,
    headdim: int,
    ngroups: int,
    **given: Any,
) -> Any:
    assert given["norm_before_gate"] is False
    length, width, channels = projected.shape[1], len(given["rmsnorm_weight"]), len(conv_weight)
    gate, mixed, step = projected.split([width, channels, len(given["D"])], dim=-1)
    mixed = hf.causal_conv1d_fn(mixed.transpose(1, 2), conv_weight, conv_bias, activation=given["activation"])
    values, *states = mixed.transpose(1, 2).split([width, *[(channels - width) // 2] * 2], dim=-1)
    scanned = hf.mamba2_chunk_scan(
        values.reshape(1, length, -1, headdim),
        step,
        decay,
        *(state.reshape(1, length, ngroups, -1) for state in states),
        chunk_size=given["chunk_size"],
        D=given["D"],
        dt_bias=dt_bias,
        dt_softplus=True,
    )
    gated = (scanned.reshape(1, length, width).float() * silu(gate.float())).view(1, length, ngroups, -1)
    normed = gated * torch.rsqrt(gated.pow(2).mean(-1, keepdim=True) + given["rmsnorm_eps"])
    scaled = normed.reshape(1, length, width) * given["rmsnorm_weight"]
    return linear(scaled.to(projected.dtype), given["outproj_weight"], given["outproj_bias"])
