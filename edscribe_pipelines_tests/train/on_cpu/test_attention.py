"""Attention over a row against torch's own, which is given a mask that says who sees whom."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from edscribe_pipelines.train.on_cpu.attention import Segment, attend, attend_backward, segments_of

ALONE = [range(70)]
SHARED = [range(40), range(12, 61), range(12, 30), range(12, 13)]
PACKED = [range(33), range(20), range(1), range(50)]
ROWS = {"one case": ALONE, "shared beginning": SHARED, "packed": PACKED}
HEADS = [(3, 1), (6, 2), (4, 4)]
WIDTH = 32

by_row = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
by_heads = pytest.mark.parametrize(("heads", "key_heads"), HEADS)


def positions(row: list[range]) -> torch.Tensor:
    return torch.tensor([place for case in row for place in case])


def mask_of(row: list[range]) -> torch.Tensor:
    """Return [tokens, tokens]: a token sees those of its case up to itself, and what its case goes on from."""
    places, case = positions(row), torch.tensor([number for number, case in enumerate(row) for _ in case])
    token = torch.arange(len(places))
    own = (case[:, None] == case) & (token[:, None] >= token)
    begun = torch.tensor([row[number].start for number in case.tolist()])
    return own | (token < begun[:, None])


def as_the_block_passes_them(
    row: list[range], heads: int, key_heads: int, dtype: torch.dtype = torch.float32
) -> tuple[torch.Tensor, ...]:
    """Return query, key and value: views into one tensor, whose rows hold all three."""
    torch.manual_seed(0)
    whole = torch.randn(len(positions(row)), heads + 2 * key_heads, WIDTH).to(dtype)
    parts = whole.split([heads, key_heads, key_heads], 1)
    assert not parts[0].is_contiguous()
    return parts


def of_torch(row: list[range], parts: tuple[torch.Tensor, ...], grad: torch.Tensor) -> list[torch.Tensor]:
    """Return output and gradients by autograd, in the precision of `parts`. Key heads are copied for all who read them:
    told to share them, torch computes in fp32 whatever it is given."""
    given = [part.detach().clone().requires_grad_() for part in parts]
    share = parts[0].shape[1] // parts[1].shape[1]
    query, key, value = (part.transpose(0, 1).unsqueeze(0) for part in given)
    read = (each.repeat_interleave(share, 1) for each in (key, value))
    out = scaled_dot_product_attention(query, *read, mask_of(row))[0].transpose(0, 1)
    return [out, *torch.autograd.grad(out, given, grad)]


def ours(row: list[range], parts: tuple[torch.Tensor, ...], grad: torch.Tensor) -> list[torch.Tensor]:
    segments = segments_of(positions(row))
    out, logs = attend(*parts, segments)
    return [out, *attend_backward(grad, *parts, out, logs, segments)]


def distance(found: torch.Tensor, true: torch.Tensor) -> float:
    return float((found.double() - true.double()).norm() / true.double().norm())


def gradient_for(parts: tuple[Any, ...]) -> torch.Tensor:
    return torch.randn(parts[0].shape, generator=torch.Generator().manual_seed(1)).to(parts[0].dtype)


def test_one_case_is_one_segment() -> None:
    assert segments_of(positions(ALONE)) == [Segment(0, 70, 0)]


def test_case_that_begins_behind_the_first_place_goes_on_from_the_first_tokens() -> None:
    found = segments_of(positions(SHARED))
    assert found == [Segment(0, 40, 0), Segment(40, 89, 12), Segment(89, 107, 12), Segment(107, 108, 12)]


def test_packed_cases_share_nothing() -> None:
    found = segments_of(positions(PACKED))
    assert found == [Segment(0, 33, 0), Segment(33, 53, 0), Segment(53, 54, 0), Segment(54, 104, 0)]


@by_row
@by_heads
def test_output_and_gradients_equal_those_of_torch(row: list[range], heads: int, key_heads: int) -> None:
    parts = as_the_block_passes_them(row, heads, key_heads)
    grad = gradient_for(parts)
    for found, true in zip(ours(row, parts, grad), of_torch(row, parts, grad), strict=True):
        assert found.shape == true.shape
        assert distance(found, true) < 1e-5
        assert torch.allclose(found, true, atol=1e-4, rtol=1e-4)


@by_row
@by_heads
def test_bf16_is_hardly_further_from_the_truth_than_torchs_own(row: list[range], heads: int, key_heads: int) -> None:
    parts = as_the_block_passes_them(row, heads, key_heads, torch.bfloat16)
    grad = gradient_for(parts)
    truth = of_torch(row, tuple(part.double() for part in parts), grad.double())
    for found, torchs, true in zip(ours(row, parts, grad), of_torch(row, parts, grad), truth, strict=True):
        assert distance(found, true) <= 1.5 * distance(torchs, true)


@by_row
def test_log_sum_exp_is_that_of_all_scores_that_a_token_sees(row: list[range]) -> None:
    query, key, value = as_the_block_passes_them(row, 3, 1)
    _, logs = attend(query, key, value, segments_of(positions(row)))
    scores = torch.einsum("qhw,kw->hqk", query, key[:, 0]) / WIDTH**0.5
    true = scores.masked_fill(~mask_of(row), -torch.inf).logsumexp(-1)
    assert torch.allclose(logs[0], true, atol=1e-5)


def test_what_is_read_is_not_changed() -> None:
    parts = as_the_block_passes_them(SHARED, 6, 2)
    before = [part.clone() for part in parts]
    ours(SHARED, parts, gradient_for(parts))
    assert all(torch.equal(part, was) for part, was in zip(parts, before, strict=True))
