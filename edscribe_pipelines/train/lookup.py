"""How the tiny base starts: random, but able to look up what followed the last three tokens before.

A pretrained model can copy: attention finds where the current words stood before and repeats what followed
(induction heads; Olsson et al. 2022, arXiv:2209.11895). From purely random weights that takes far more
text than 200 notes: after 700 steps the tiny base knew them by heart and copied nothing. Weights that
start near a useful function shorten this (mimetic initialisation; Trockman & Kolter 2023,
arXiv:2305.09828; for Mamba's recall Trockman et al. 2024, arXiv:2410.11135). So here the first Mamba layer
starts by passing on the three tokens before, and the first attention layer by comparing them with the
current token and the two before it. One token is not enough: after each "; " of a list it would find the
list's first item again. And tokens start alike that share a word (Bojanowski et al. 2017,
arXiv:1607.04606), so that what stood at "Complaint: " is found from "CHIEF COMPLAINT" as well. All weights
train on from there.
"""

from __future__ import annotations

import math
import re
from typing import Any

_COMMON = 0.3
"""Of an embedding, in units of its own direction: what all tokens share. It holds Mamba's gate open."""
_SHARED = 0.7
"""Of a token with words in it, the part of its own direction that comes from its words."""
_GATE = 1.5
_PASSED_ON = 0.2
"""Small, since Mamba's activation is nearly linear there and keeps the direction of what it passes on."""
_STATE = 0.3
"""Keeps what Mamba gathers from further back below the tokens before."""
_CHANNELS_OF_LAG = (0.5, 0.25, 0.25)
_WEIGHT_OF_LAG = (1.0, 2.0, 1.0)
"""With these the untrained base gets 77 of 100 tokens of a note right, the note so far being given;
(1, 3, 2) 74. More lags, or wider ones, crowd the residual stream: 48 to 65."""
_SHARPNESS = 6.0
_WEIGHT_OF_FOUND = 5.0
"""Of what was found, against the current token in the residual stream."""
_OUTPUT = 0.12
"""Logits of a few units: a peaked start learns slowly."""


def start_as_lookup(model: Any, tokenizer: Any) -> None:
    """Set embeddings, output layer, first Mamba layer and first attention layer, in place."""
    import torch

    with torch.no_grad():
        common = _set_embeddings(model, tokenizer)
        mixers = {block.block_type: block.mixer for block in reversed(model.model.layers)}
        rotations = _pass_on_previous_tokens(mixers["linear_attention"], common)
        _compare(mixers["full_attention"], rotations)


def _set_embeddings(model: Any, tokenizer: Any) -> Any:
    """Every token gets its own direction beside the common one; the output layer reads the own one."""
    import torch

    embeddings = model.model.embeddings.weight
    hidden_size = embeddings.shape[1]
    common = torch.nn.functional.normalize(torch.randn(hidden_size), dim=0)
    own = torch.randn_like(embeddings)
    _share_words(own, [tokenizer.decode([number]) for number in range(len(own))])
    own -= (own @ common)[:, None] * common
    embeddings.copy_(own + _COMMON * math.sqrt(hidden_size) * common)
    model.lm_head.weight.copy_(_OUTPUT * own)
    return common


def _share_words(directions: Any, tokens: list[str]) -> None:
    import torch

    known: dict[str, Any] = {}
    for direction, token in zip(directions, tokens, strict=True):
        words = re.findall(r"[a-z]{4,}", token.lower())
        if words:
            of_words = sum(known.setdefault(word, torch.randn_like(direction)) for word in words)
            shared = _SHARED * of_words / math.sqrt(len(words))
            direction.copy_(math.sqrt(1 - _SHARED**2) * direction + shared)


def _pass_on_previous_tokens(mamba: Any, common: Any) -> list[Any]:
    """Return, for the last, the second last and the third last token, the map its embedding goes through.

    `in_proj` holds gate, values, then the state's part; each lag has channels of its own. All lags look at
    the same part of an embedding, so that they can be compared with each other.
    """
    width, hidden_size = mamba.intermediate_size, mamba.hidden_size
    mamba.in_proj.weight[:width] = _GATE * common
    mamba.in_proj.weight[2 * width :] *= _STATE
    mamba.conv1d.weight[:width] = 0
    mamba.conv1d.bias[:width] = 0
    own = _rotation(hidden_size, hidden_size)
    rotations, first = [], 0
    for lag, share in enumerate(_CHANNELS_OF_LAG, start=1):
        channels = slice(first, first + int(share * width))
        inward = own[: channels.stop - first]
        outward = _rotation(hidden_size, channels.stop - first)
        mamba.in_proj.weight[width + first : width + channels.stop] = _PASSED_ON * inward
        mamba.conv1d.weight[channels, 0, -1 - lag] = 1
        mamba.out_proj.weight[:, channels] = outward
        rotations.append(outward @ inward)
        first = channels.stop
    return rotations


def _compare(attention: Any, rotations: list[Any]) -> None:
    """The query at a token meets keys whose token before it is the same, and so on for the two before."""
    last, second, third = rotations
    weights = _WEIGHT_OF_LAG
    match = weights[0] * last.T + weights[1] * last @ second.T + weights[2] * second @ third.T
    rotation = _rotation(*attention.q_proj.weight.shape)
    attention.q_proj.weight.copy_(_SHARPNESS * rotation)
    attention.k_proj.weight.copy_(rotation @ match)
    attention.v_proj.weight.copy_(rotation)
    attention.o_proj.weight.copy_(_WEIGHT_OF_FOUND * rotation.T)


def _rotation(rows: int, columns: int) -> Any:
    import torch

    return torch.nn.init.orthogonal_(torch.empty(rows, columns))
