"""The loss of the notes alone, in NeMo's recipe. Imported by the worker only: it loads NeMo."""

from __future__ import annotations

from typing import Any

import torch
from nemo_automodel.components.loss.chunked_ce import ChunkedCrossEntropy
from torch.nn.functional import linear

_TOKENS_AT_ONCE = 256
"""Whose logits stand in memory at once on a CPU: of 49,152 in fp32 they take 50 MB, which its cache nearly holds."""


class NoteCrossEntropy(ChunkedCrossEntropy):
    """Cross entropy from final hidden states, with logits for the tokens of notes and for no others.

    In chunks of `chunk_len` tokens, as NeMo has it, the backward pass computes the logits again. With `chunk_len` 0
    they are computed once, a few at a time, and turned into the gradient at once; the output layer must not learn.
    """

    def __init__(self, chunk_len: int) -> None:
        super().__init__(chunk_len or 1, compile=bool(chunk_len))
        self._in_chunks = bool(chunk_len)

    def forward(
        self,
        hidden_states: Any,
        labels: Any,
        lm_weight: Any,
        num_label_tokens: int | None = None,
        grad_reduce_group: Any = None,
        **settings: Any,
    ) -> Any:
        """Return the sum over all labels but `ignore_index`, or its share of `num_label_tokens`.

        `hidden_states` is shaped [..., hidden], `labels` [...], `lm_weight` [vocabulary, hidden].
        """
        learned = labels != self.ignore_index
        states = hidden_states.reshape(*labels.shape, hidden_states.shape[-1])[learned]
        if self._in_chunks:
            return super().forward(states, labels[learned], lm_weight, num_label_tokens, grad_reduce_group, **settings)
        weight = self.materialize_lm_weight(lm_weight, grad_reduce_group=grad_reduce_group)
        loss = _OfFrozenHead.apply(states, labels[learned], weight)
        return loss / num_label_tokens if num_label_tokens else loss


class _OfFrozenHead(torch.autograd.Function):
    """The summed cross entropy of `states` [tokens, hidden] under `weight` [vocabulary, hidden]."""

    @staticmethod
    def forward(ctx: Any, states: Any, labels: Any, weight: Any) -> Any:
        loss = torch.zeros((), device=states.device)
        slopes = torch.empty_like(states) if ctx.needs_input_grad[0] else None
        for first in range(0, len(labels), _TOKENS_AT_ONCE):
            some = slice(first, first + _TOKENS_AT_ONCE)
            logits = linear(states[some], weight).float()
            logs = logits.logsumexp(-1, keepdim=True)
            wanted = labels[some].unsqueeze(-1)
            loss += (logs - logits.gather(-1, wanted)).sum()
            if slopes is not None:
                share = logits.sub_(logs).exp_()
                slopes[some] = share.scatter_add_(-1, wanted, -torch.ones_like(logs)).to(weight.dtype) @ weight
        ctx.slopes = slopes
        return loss

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return ctx.slopes.mul_(grads[0]), None, None
