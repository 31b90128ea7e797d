"""The loss of the notes alone, in NeMo's recipe. Imported by the worker only: it loads NeMo."""

from __future__ import annotations

from typing import Any

from nemo_automodel.components.loss.chunked_ce import ChunkedCrossEntropy
from torch.nn.functional import cross_entropy, linear


class NoteCrossEntropy(ChunkedCrossEntropy):
    """Cross entropy from final hidden states, with logits for the tokens of notes and for no others.

    In chunks of `chunk_len` tokens, as NeMo has it, no more than a chunk's logits stand in memory, and the backward
    pass computes them again. `chunk_len` 0 computes all logits once, and keeps them.
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
        loss = cross_entropy(linear(states, weight).float(), labels[learned], reduction="sum")
        return loss / num_label_tokens if num_label_tokens else loss
