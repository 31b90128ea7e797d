"""How long the cases are in tokens, and how many are longer than the recipe's sequence. None is ever cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edscribe_pipelines.train.chat import Pair, tokenise
from edscribe_pipelines.train.preflight.check import Check

SPLIT_SIZES, LENGTHS = "splits", "sequence length"

TOLERATED = 0.1
"""The share of a split that may be left out. The longest cases are the sickest patients' (many drugs, many sets of
vital signs), so leaving them out is a choice about whom the adapter serves; beyond a tenth the sequence length no
longer misses strays, it does not fit the corpus."""

_AT_ONCE = 1_000
_BINS = 12
_STEP = 128
"""Sequence lengths that are suggested are multiples of this: a chunk of the Mamba layers."""


@dataclass(frozen=True)
class Lengths:
    """Tokens of each case of a split, by part: `prompt` (all that is given), `note`, `whole`."""

    prompt: list[int]
    note: list[int]
    whole: list[int]


def measure_lengths(tokenizer: Any, pairs: Sequence[Pair], system: str) -> Lengths:
    """Return the lengths of cases as the model will read them, `system` and template included."""
    prompt: list[int] = []
    whole: list[int] = []
    for start in range(0, len(pairs), _AT_ONCE):
        cases = tokenise(tokenizer, pairs[start : start + _AT_ONCE], system)
        prompt += [case.prompt_tokens for case in cases]
        whole += [len(case.input_ids) for case in cases]
    return Lengths(prompt, [total - told for told, total in zip(prompt, whole, strict=True)], whole)


def check_split_sizes(sizes: Mapping[str, int]) -> Check:
    """Refuse an empty split: nothing to learn from, no best checkpoint to keep, or nothing to judge it by."""
    empty = [split for split, size in sizes.items() if size == 0]
    if empty:
        message = f"no case in the {' and the '.join(empty)} split"
        remedy = "Add stays or widen EDSCRIBE_TRAIN_TIERS: ten patients make one of validation and one of test."
        return Check(SPLIT_SIZES, "refused", message, remedy, dict(sizes))
    message = ", ".join(f"{size:,} {split}" for split, size in sizes.items())
    return Check(SPLIT_SIZES, "passed", message, figures=dict(sizes))


def check_lengths(lengths: Mapping[str, Lengths], limit: int) -> Check:
    """Return the check of the splits that have cases. `limit` is the recipe's sequence length."""
    if not lengths:
        return Check(LENGTHS, "not_applicable", "there is no case to measure")
    beyond = {split: sum(1 for tokens in each.whole if tokens > limit) for split, each in lengths.items()}
    longest = max(max(each.whole) for each in lengths.values())
    figures = {
        "sequence_length": limit,
        "beyond": beyond,
        "holds_all": math.ceil(longest / _STEP) * _STEP,
        "splits": {
            split: {part: _distribution(tokens) for part, tokens in vars(each).items()}
            for split, each in lengths.items()
        },
    }
    if longest <= limit:
        return Check(LENGTHS, "passed", f"the longest case has {longest:,} of {limit:,} tokens", figures=figures)
    shares = {split: count / len(lengths[split].whole) for split, count in beyond.items() if count}
    counts = (
        f"{beyond[split]:,} of {len(lengths[split].whole):,} {split} cases ({shares[split]:.1%})" for split in shares
    )
    message = f"longer than {limit:,} tokens and left out whole: {'; '.join(counts)}"
    remedy = f"Set sequence_length: {figures['holds_all']} in the recipe to keep all."
    if max(shares.values()) > TOLERATED:
        return Check(LENGTHS, "refused", f"{message}; more than {TOLERATED:.0%} of a split", remedy, figures)
    return Check(LENGTHS, "warned", message, remedy, figures)


def _distribution(tokens: list[int]) -> dict[str, Any]:
    ordered = sorted(tokens)
    edges = [round(ordered[0] + (ordered[-1] - ordered[0]) * number / _BINS) for number in range(_BINS + 1)]
    return {
        "min": ordered[0],
        "median": _quantile(ordered, 0.5),
        "p90": _quantile(ordered, 0.9),
        "p99": _quantile(ordered, 0.99),
        "max": ordered[-1],
        "edges": edges,
        "counts": _counts(ordered, edges),
    }


def _quantile(ordered: list[int], share: float) -> int:
    """The nearest rank: a length that a case has."""
    return ordered[math.ceil(share * len(ordered)) - 1]


def _counts(ordered: list[int], edges: list[int]) -> list[int]:
    """Return how many are above each edge up to the next; the lowest belongs to the first bin."""
    up_to = [sum(1 for tokens in ordered if tokens <= edge) for edge in edges[1:]]
    return [count - before for count, before in zip(up_to, [0, *up_to], strict=False)]
