"""How an adapter of MiniLM is trained: low-rank changes of its matrices learn, with its small parameters.

Seeded; on another processor sums round otherwise, so a training there gives an adapter that differs a little. Source:
Hu et al., LoRA, ICLR 2022.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from edscribe_pipelines.deidentify.adapted_minilm import (
    SCALE,
    AdaptedMiniLM,
    Pieces,
    Window,
    Word,
    batch_of,
    pieces_of,
    windows_of,
)
from phi_reader.marked import Part
from phi_reader.planting import exchanged, planted, shaken
from phi_reader.values import Values

UNCHANGED = 0.3
"""Share of marked notes that are also read as they are."""
PLANTED, EMPTY = 300, 100
"""Carriers with planted identifiers, and without."""
RANK = 32
LEARNING_RATE, WARM_UP, DECAY, CLIP = 1e-3, 60, 0.01, 1.0
BATCH, BUCKET = 16, 256
FORGOTTEN = 0.15
"""Share of words whose traits but the first are hidden, so that no list decides alone."""
NOT_ASKED = -100
_WINDOW, _OVERLAP = 254, 48


class LowRank(nn.Module):
    """A matrix that stays as it is, and a change of low rank that learns."""

    def __init__(self, matrix: nn.Linear) -> None:
        super().__init__()
        self.matrix = matrix
        self.lora_down = nn.Parameter(torch.randn(RANK, matrix.in_features) / sqrt(matrix.in_features))
        self.lora_up = nn.Parameter(torch.zeros(matrix.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        change: Tensor = SCALE * linear(linear(states, self.lora_down), self.lora_up)
        return change + self.matrix(states)


class Lesson(NamedTuple):
    """A window of a text, and the class of each of its pieces."""

    pieces: Pieces
    window: Window
    classes: list[int]


def examples(
    epochs: int, carriers: Sequence[str], marked: Sequence[list[Part]], free: Sequence[str], chance: random.Random
) -> Iterator[list[Part]]:
    """Yield what is read in all epochs: marked notes with other values, free ones laid out anew, planted carriers."""
    values = Values(chance)
    for _ in range(epochs):
        for parts in marked:
            yield exchanged(parts, values, chance)
            if chance.random() < UNCHANGED:
                yield parts
        yield from (shaken(text, chance) for text in free)
        yield from (planted(text, values, chance) for text in chance.sample(carriers, min(PLANTED, len(carriers))))
        yield from ([(text, None)] for text in chance.sample(carriers, min(EMPTY, len(carriers))))


def lessons_of(words: Sequence[Word], classes: Sequence[int]) -> Iterator[Lesson]:
    """Yield the windows of a text; each word has a class, NOT_ASKED where none is asked for."""
    pieces = pieces_of(words)
    wanted = [NOT_ASKED] * len(pieces.ids)
    for first, of_word in zip(pieces.firsts, classes, strict=True):
        wanted[first] = of_word
    for window in windows_of(len(pieces.ids), _WINDOW, _OVERLAP):
        yield Lesson(pieces, window, wanted[window.start : window.end])


def adapt(
    lessons: list[Lesson], network: AdaptedMiniLM, seed: int, out: Path, tell: Callable[[str], None] = print
) -> None:
    """Train `network` on `lessons`, once through in batches of like length, and write the adapter."""
    torch.manual_seed(seed)
    learning = trainable(network).train()
    learns = {name: weight for name, weight in learning.named_parameters() if weight.requires_grad}
    optimizer = torch.optim.AdamW(learns.values(), lr=LEARNING_RATE, weight_decay=DECAY)
    batches = batches_of(lessons, random.Random(seed))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(step / WARM_UP, 1) * (1 - step / len(batches))
    )
    total = 0.0
    for step, batch in enumerate(batches, start=1):
        loss = loss_of(learning, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learns.values(), CLIP)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % 100 == 0:
            tell(f"{step} of {len(batches)} batches, loss {total / 100:.4f}")
            total = 0.0
    save_file({name.replace(".matrix", ""): weight.detach().half() for name, weight in learns.items()}, out)


def trainable(network: AdaptedMiniLM) -> AdaptedMiniLM:
    """Return `network` with low-rank changes in its blocks; its small parameters and what is ours learn whole."""
    for name, weight in network.bert.named_parameters():
        weight.requires_grad_(weight.ndim == 1 and not name.startswith("pooler."))
    matrices = [name for name, module in network.bert.encoder.named_modules() if isinstance(module, nn.Linear)]
    for name in matrices:
        network.bert.encoder.set_submodule(name, LowRank(network.bert.encoder.get_submodule(name)))
    nn.init.normal_(network.traits.weight, std=0.02)
    return network


def batches_of(lessons: list[Lesson], chance: random.Random) -> list[list[Lesson]]:
    """Return `lessons` in batches of like length, in any order."""
    mixed = chance.sample(lessons, len(lessons))
    batches = []
    for first in range(0, len(mixed), BUCKET):
        bucket = sorted(mixed[first : first + BUCKET], key=lambda lesson: len(lesson.classes))
        batches += [bucket[start : start + BATCH] for start in range(0, len(bucket), BATCH)]
    return chance.sample(batches, len(batches))


def loss_of(network: AdaptedMiniLM, lessons: Sequence[Lesson]) -> Tensor:
    batch = batch_of([(lesson.pieces, lesson.window) for lesson in lessons], network.traits.in_features)
    wanted = torch.full(batch.ids.shape, NOT_ASKED)
    for row, lesson in enumerate(lessons):
        wanted[row, 1 : len(lesson.classes) + 1] = torch.tensor(lesson.classes)
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(batch.ids, batch.traits, batch.mask)
    return cross_entropy(scores.float().flatten(0, 1), wanted.flatten(), ignore_index=NOT_ASKED)
