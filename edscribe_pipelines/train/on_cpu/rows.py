"""The cases of a step as one row. What all of them begin with, the system prompt, is computed once for all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from edscribe_pipelines.train.lessons import NOT_LEARNED


def as_one_row(lessons: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return lessons as tensors [1, tokens]: the first one whole, of the others what stands behind their beginning.

    `position_ids` say where each goes on: see `attention.segments_of`. Nothing is padded.
    """
    import torch

    shared = _common_beginning(lessons)
    parts = [(0, lessons[0]), *((shared, lesson) for lesson in lessons[1:])]
    row = {
        "input_ids": [token for first, lesson in parts for token in lesson["input_ids"][first:]],
        "labels": [label for first, lesson in parts for label in lesson["labels"][first:]],
        "position_ids": [place for first, lesson in parts for place in range(first, len(lesson["input_ids"]))],
    }
    tensors = {name: torch.tensor([values]) for name, values in row.items()}
    return tensors | {"attention_mask": torch.ones_like(tensors["input_ids"])}


def _common_beginning(lessons: Sequence[dict[str, Any]]) -> int:
    """Return how many tokens all lessons begin with, none of which has a loss."""
    steps = zip(*(zip(lesson["input_ids"], lesson["labels"], strict=True) for lesson in lessons), strict=False)
    return sum(1 for _ in takewhile(lambda step: len(set(step)) == 1 and step[0][1] == NOT_LEARNED, steps))
