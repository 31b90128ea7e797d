"""How the tiny base starts: random, but able to look up what followed a token before.

A pretrained model can copy: attention finds where the current token stood before and repeats what followed
(induction heads; Olsson et al. 2022, arXiv:2209.11895). From purely random weights that takes far more
text than 200 notes: after 700 steps the tiny base knew them by heart and copied nothing. Weights that
start near a useful function shorten this (mimetic initialisation; Trockman & Kolter 2023,
arXiv:2305.09828; for Mamba's recall Trockman et al. 2024, arXiv:2410.11135). So here the first Mamba layer
starts by passing on the token before, and the first attention layer by comparing it with the current
token. All weights train on from there.
"""

from __future__ import annotations

import math
from typing import Any

_COMMON = 0.3  # share of an embedding that all tokens have in common: it holds Mamba's gate open
_GATE = 2.0
_PASSED_ON = 1.5
_STATE = 0.3  # keeps what Mamba gathers from further back below the token before
_SHARPNESS = 6.0  # of the comparison; 3 and 10 copied less at step 0
_WEIGHT_OF_FOUND = 4.0  # of what was found against the current token; 2 and 6 copied less at step 0
_OUTPUT = 0.12  # logits of a few units: a peaked start learns slowly


def start_as_lookup(model: Any) -> None:
    """Set embeddings, output layer, first Mamba layer and the first attention layer after it, in place."""
    import torch

    with torch.no_grad():
        common = _set_embeddings(model)
        mixers = {block.block_type: block.mixer for block in reversed(model.model.layers)}
        passed_on = _pass_on_previous_token(mixers["linear_attention"], common)
        _compare_with_current_token(mixers["full_attention"], passed_on)


def _set_embeddings(model: Any) -> Any:
    """Every token gets its own direction beside the common one; the output layer reads the own one."""
    import torch

    embeddings = model.model.embeddings.weight
    hidden_size = embeddings.shape[1]
    common = torch.nn.functional.normalize(torch.randn(hidden_size), dim=0)
    own = torch.randn_like(embeddings)
    own -= (own @ common)[:, None] * common
    embeddings.copy_(own + _COMMON * math.sqrt(hidden_size) * common)
    model.lm_head.weight.copy_(_OUTPUT * own)
    return common


def _pass_on_previous_token(mamba: Any, common: Any) -> Any:
    """Return the rotation that the previous token's embedding has gone through on its way."""
    import torch

    width = mamba.intermediate_size
    inward = _random_rotation(mamba.in_proj.weight[:width].shape)
    outward = _random_rotation(mamba.out_proj.weight.shape)
    mamba.in_proj.weight[:width] = _GATE * common
    mamba.in_proj.weight[width : 2 * width] = _PASSED_ON * inward
    mamba.in_proj.weight[2 * width :] *= _STATE
    mamba.conv1d.weight[:width] = 0
    mamba.conv1d.weight[:width, 0, -2] = 1
    mamba.conv1d.bias[:width] = 0
    mamba.out_proj.weight.copy_(outward)
    return torch.matmul(outward, inward)


def _compare_with_current_token(attention: Any, passed_on: Any) -> None:
    rotation = _random_rotation(attention.q_proj.weight.shape)
    attention.q_proj.weight.copy_(_SHARPNESS * rotation)
    attention.k_proj.weight.copy_(rotation @ passed_on.T)
    attention.v_proj.weight.copy_(rotation)
    attention.o_proj.weight.copy_(_WEIGHT_OF_FOUND * rotation.T)


def _random_rotation(shape: Any) -> Any:
    import torch

    return torch.nn.init.orthogonal_(torch.empty(shape))
