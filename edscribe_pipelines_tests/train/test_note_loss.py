from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy, linear

from edscribe_pipelines.train.note_loss import NoteCrossEntropy

IGNORED = -100


def states_labels_weight() -> tuple[Any, Any, Any]:
    torch.manual_seed(0)
    labels = torch.randint(0, 11, (2, 9))
    labels[:, :4] = IGNORED
    labels[1, 7:] = IGNORED
    return torch.randn(2, 9, 5, requires_grad=True), labels, torch.randn(11, 5, requires_grad=True)


def loss_of(chunk_len: int) -> NoteCrossEntropy:
    loss = NoteCrossEntropy(chunk_len)
    loss._compute_loss = getattr(loss._compute_loss, "_torchdynamo_orig_callable", loss._compute_loss)
    return loss


@pytest.mark.parametrize("chunk_len", [0, 3])
def test_loss_and_gradients_equal_those_over_all_logits(chunk_len: int) -> None:
    states, labels, weight = states_labels_weight()
    expected = cross_entropy(linear(states, weight).flatten(0, 1), labels.flatten(), reduction="sum") / 8
    gradients = torch.autograd.grad(expected, [states, weight])
    loss = loss_of(chunk_len)(states, labels, weight, num_label_tokens=8)
    assert torch.allclose(loss, expected)
    for found, wanted in zip(torch.autograd.grad(loss, [states, weight]), gradients, strict=True):
        assert torch.allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("chunk_len", [0, 3])
def test_batch_without_a_note_has_no_loss_and_no_gradient(chunk_len: int) -> None:
    states, labels, weight = states_labels_weight()
    loss = loss_of(chunk_len)(states, torch.full_like(labels, IGNORED), weight, num_label_tokens=8)
    assert loss == 0
    assert not torch.autograd.grad(loss, states)[0].any()


def test_no_logits_are_computed_for_prompts_and_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    from edscribe_pipelines.train import note_loss

    projected = []

    def counting(states: Any, weight: Any) -> Any:
        projected.append(len(states))
        return linear(states, weight)

    monkeypatch.setattr(note_loss, "linear", counting)
    states, labels, weight = states_labels_weight()
    loss_of(0)(states, labels, weight)
    assert projected == [int((labels != IGNORED).sum())]
