from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy, linear

from edscribe_pipelines.train import note_loss
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
@pytest.mark.parametrize("at_once", [2, 256])
def test_loss_and_gradient_of_states_equal_those_over_all_logits(
    chunk_len: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(note_loss, "_TOKENS_AT_ONCE", at_once)
    states, labels, weight = states_labels_weight()
    expected = cross_entropy(linear(states, weight).flatten(0, 1), labels.flatten(), reduction="sum") / 8
    (gradient,) = torch.autograd.grad(expected, states)
    loss = loss_of(chunk_len)(states, labels, weight, num_label_tokens=8)
    assert torch.allclose(loss, expected)
    assert torch.allclose(torch.autograd.grad(loss, states)[0], gradient, atol=1e-6)


def test_output_layer_learns_in_chunks_and_is_frozen_without() -> None:
    states, labels, weight = states_labels_weight()
    expected = cross_entropy(linear(states, weight).flatten(0, 1), labels.flatten(), reduction="sum")
    (gradient,) = torch.autograd.grad(expected, weight)
    (found,) = torch.autograd.grad(loss_of(3)(states, labels, weight), weight)
    assert torch.allclose(found, gradient, atol=1e-6)
    loss_of(0)(states, labels, weight).backward()
    assert states.grad is not None
    assert weight.grad is None


def test_loss_of_a_validation_is_the_same_and_keeps_nothing() -> None:
    states, labels, weight = states_labels_weight()
    trained = loss_of(0)(states, labels, weight)
    with torch.no_grad():
        validated = loss_of(0)(states, labels, weight)
    assert torch.equal(validated, trained)
    assert validated.grad_fn is None


def test_loss_in_bf16_is_as_near_as_its_logits_are() -> None:
    states, labels, weight = states_labels_weight()
    truth = loss_of(0)(states, labels, weight)
    rounded = states.detach().bfloat16().requires_grad_()
    loss = loss_of(0)(rounded, labels, weight.bfloat16())
    assert loss.dtype == torch.float32
    assert torch.allclose(loss, truth, rtol=2e-2)
    (found,), (true,) = torch.autograd.grad(loss, rounded), torch.autograd.grad(truth, states)
    assert torch.allclose(found.float(), true, atol=3e-2)


@pytest.mark.parametrize("chunk_len", [0, 3])
def test_batch_without_a_note_has_no_loss_and_no_gradient(chunk_len: int) -> None:
    states, labels, weight = states_labels_weight()
    loss = loss_of(chunk_len)(states, torch.full_like(labels, IGNORED), weight, num_label_tokens=8)
    assert loss == 0
    assert not torch.autograd.grad(loss, states)[0].any()


def test_no_logits_are_computed_for_prompts_and_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    projected = []

    def counting(states: Any, weight: Any) -> Any:
        projected.append(len(states))
        return linear(states, weight)

    monkeypatch.setattr(note_loss, "linear", counting)
    states, labels, weight = states_labels_weight()
    loss_of(0)(states, labels, weight)
    assert projected == [int((labels != IGNORED).sum())]
