"""Causal attention over a row in which several cases go on from one beginning, forwards and backwards.

A row is a stream of tokens with their positions. Where positions stop rising by one, another case begins; one that
begins at position p goes on from the first p tokens of the row. So cases with the same system prompt share its tokens,
an ordinary packed row has cases that begin at 0, and a row of one case is the usual one.

torch's flash attention for CPUs computes each piece: a case's own tokens, and the shared ones before them. With the
log-sum-exp over both, the gradient of each piece is its own, too.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

_forwards = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
_backwards = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


class Segment(NamedTuple):
    """Tokens `start` to `end` of a row: a case, or its part behind the first `shared` tokens of the row."""

    start: int
    end: int
    shared: int


def segments_of(positions: torch.Tensor) -> list[Segment]:
    """Return the segments of a row. `positions` is shaped [tokens]."""
    starts = [0, *(torch.nonzero(positions[1:] != positions[:-1] + 1).flatten() + 1).tolist()]
    ends = [*starts[1:], len(positions)]
    return [Segment(start, end, int(positions[start])) for start, end in zip(starts, ends, strict=True)]


def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, segments: list[Segment]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the output, shaped as `query`, and the log-sum-exp of the scores [key heads, share, tokens].

    `query` is shaped [tokens, heads, width], `key` and `value` [tokens, key heads, width]; a key head has a share of
    the query heads.
    """
    out = torch.empty_like(query, memory_format=torch.contiguous_format)
    grouped = _by_key_head(out, key)
    logs = torch.empty(grouped.shape[:3])
    for start, end, shared in segments:
        own = slice(start, end)
        queries = _by_key_head(query[own], key)
        seen, of_own = _forwards(queries, *_for_each(queries, key[own], value[own]), 0.0, True)
        if shared:
            before, of_shared = _forwards(queries, *_for_each(queries, key[:shared], value[:shared]), 0.0, False)
            of_all = torch.logaddexp(of_own, of_shared)
            seen = seen * _share(of_own, of_all, out) + before * _share(of_shared, of_all, out)
            of_own = of_all
        grouped[:, :, own] = seen
        logs[:, :, own] = of_own
    return out, logs


def attend_backward(
    grad: torch.Tensor,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    out: torch.Tensor,
    logs: torch.Tensor,
    segments: list[Segment],
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the gradients of query, key and value for the gradient of `attend`'s output."""
    of_query = torch.empty_like(query, memory_format=torch.contiguous_format)
    of_key, of_value = (torch.zeros(each.shape) for each in (key, value))
    for start, end, shared in segments:
        own = slice(start, end)
        given, queries, seen = (_by_key_head(each[own], key) for each in (grad, query, out))
        of_logs = logs[:, :, own].contiguous()
        parts = []
        for place, causal in ((own, True), (slice(shared), False)) if shared else ((own, True),):
            read = _for_each(queries, key[place], value[place])
            by_query, by_key, by_value = _backwards(given, queries, *read, seen, of_logs, 0.0, causal)
            of_key[place] += by_key.sum(1).transpose(0, 1)
            of_value[place] += by_value.sum(1).transpose(0, 1)
            parts.append(by_query)
        _by_key_head(of_query, key)[:, :, own] = sum(parts[1:], parts[0])
    return of_query, of_key, of_value


def _by_key_head(query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    """Return a view [key heads, share, tokens, width]."""
    return query.unflatten(1, (key.shape[1], -1)).permute(1, 2, 0, 3)


def _for_each(queries: torch.Tensor, *read: torch.Tensor) -> list[torch.Tensor]:
    """Return keys and values for each query head of their share, without a copy."""
    return [each.transpose(0, 1).unsqueeze(1).expand(-1, queries.shape[1], -1, -1) for each in read]


def _share(logs: torch.Tensor, of_all: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return (logs - of_all).exp_().unsqueeze(-1).to(like.dtype)
