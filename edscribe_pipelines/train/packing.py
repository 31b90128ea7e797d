"""Whether cases that share a sequence stay apart, shown on the loaded model before it trains on packed ones.

Attention, the convolution and the state of every Mamba layer must begin anew at each case. NeMo's own Nemotron
class tells its Mamba kernel where (`_packed_seq_ids` of the collater becomes `seq_idx`); that of transformers
masks the attention alone, so that in it the state runs on from one case into the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, permutations
from pathlib import Path
from typing import Any, Literal

import polars as pl

from edscribe_pipelines.errors import BadInput, StageFailed

TOLERANCE = {"fp32": 1e-4, "bf16": 2e-2}
"""Of a loss, in nats. A case alone is a shorter sequence: its sums run in another order, in bf16 with 3 digits."""

_LESSONS_TRIED = 3

Forward = Callable[[Any, list[list[int]]], Any]


@dataclass(frozen=True)
class Drift:
    """How far the loss of one case moves in a pack: its mean `from_alone`, and that of the token that moves most
    `with_neighbours`, where those are read backwards. The latter compares equal shapes: 0 but for a leak."""

    case: int
    place: int
    from_alone: float
    with_neighbours: float


def require_isolation(model: Any, cases: Sequence[list[int]], precision: Literal["fp32", "bf16"]) -> None:
    """Pass if no case, in no order and at no place of a pack, reads another one.

    `cases` are the tokens of three lessons that together fit into a sequence. Raises StageFailed naming the
    largest difference.
    """
    drifts = measure_drift(model, cases, as_nemo_packs)
    # a loss that is not a number lies within no tolerance
    leaking = [each for each in drifts if not max(each.from_alone, each.with_neighbours) <= TOLERANCE[precision]]
    if leaking:
        worst = max(leaking, key=lambda each: max(each.from_alone, each.with_neighbours))
        raise StageFailed(
            f"packed cases read each other: at place {worst.place + 1} of {len(cases)} a case's loss moves by "
            f"{worst.from_alone:.2g} against the case alone, and by {worst.with_neighbours:.2g} with its neighbours "
            f"({TOLERANCE[precision]:.2g} is allowed). Set packing: false in the recipe."
        )


def lessons_to_try(lessons: Path, sequence_length: int) -> list[list[int]]:
    """Return the tokens of the shortest three of a file of lessons. Raises BadInput where no sequence holds them."""
    tokens = pl.col("input_ids")
    shortest = pl.scan_parquet(lessons).select(tokens).bottom_k(_LESSONS_TRIED, by=tokens.list.len()).collect()
    found: list[list[int]] = shortest["input_ids"].to_list()
    if len(found) < _LESSONS_TRIED or sum(map(len, found)) > sequence_length:
        remedy = "Set packing: false in the recipe."
        raise BadInput("recipe", f"no three cases fit into {sequence_length} tokens", field="packing", remedy=remedy)
    return found


def measure_drift(model: Any, cases: Sequence[list[int]], forward: Forward) -> list[Drift]:
    """Return the drift of each case at each place, `forward` giving the logits of a pack, a row for each token."""
    import torch

    with torch.no_grad(), _evaluating(model):
        alone = [_losses(model, [case], forward)[0].mean() for case in cases]
        return [
            Drift(case, place, abs(float(packed.mean() - alone[case])), float((packed - turned).abs().max()))
            for order in permutations(range(len(cases)))
            for place, (case, packed, turned) in enumerate(_in_pack(model, cases, order, forward))
        ]


def as_nemo_packs(model: Any, pack: list[list[int]]) -> Any:
    """Return the logits of a pack that is handed to the model as in NeMo's training, its boundaries with it."""
    from nemo_automodel.components.datasets.utils import neat_packed_collater

    numbered = list(enumerate(pack, start=1))
    tokens = [token for case in pack for token in case]
    row = {
        "input_ids": tokens,
        "labels": tokens,
        "position_ids": [place for case in pack for place in range(len(case))],
        "attention_mask": [number for number, case in numbered for _ in case],
    }
    batch = neat_packed_collater([row], packing=packing_contract([model]))
    device = next(model.parameters()).device
    inputs = {name: part.to(device) if hasattr(part, "to") else part for name, part in batch.items()}
    del inputs["labels"]
    return model(**inputs).logits[0]


def packing_contract(models: Sequence[Any]) -> Any:
    """Return how NeMo's collater shall describe packs to `models`: in its words, and each token's case always.

    Left to itself it names the cases only where a row holds two: with one case a row, NeMo's Nemotron class
    would then take the attention's mask for the padding of its Mamba layers, and fail.
    """
    from nemo_automodel.components.models.common.packing import configure_packing_for_models

    return replace(configure_packing_for_models(models), requires_packed_sequence_metadata=True)


def _in_pack(
    model: Any, cases: Sequence[list[int]], order: Sequence[int], forward: Forward
) -> Iterator[tuple[int, Any, Any]]:
    """Yield, for each place, the case with its tokens' losses, and with those when the others are read backwards."""
    pack = [cases[case] for case in order]
    packed = _losses(model, pack, forward)
    for place, case in enumerate(order):
        neighbours_turned = [other if other is cases[case] else other[::-1] for other in pack]
        yield case, packed[place], _losses(model, neighbours_turned, forward)[place]


def _losses(model: Any, pack: list[list[int]], forward: Forward) -> list[Any]:
    """Return the loss of each token after the first of each case."""
    import torch
    from torch.nn.functional import cross_entropy

    logits = forward(model, pack)
    edges = pairwise(accumulate(map(len, pack), initial=0))
    return [
        cross_entropy(logits[start : end - 1].float(), torch.tensor(case[1:], device=logits.device), reduction="none")
        for (start, end), case in zip(edges, pack, strict=True)
    ]


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
