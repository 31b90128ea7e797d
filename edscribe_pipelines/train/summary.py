"""What is remembered of a training beside its adapter."""

from __future__ import annotations

from typing import TypedDict


class TrainingSummary(TypedDict):
    """`seconds` are those of all steps. `cases_too_long` counts, by split, the cases beyond the recipe's
    sequence length: left out whole, never cut. `kept_step` is the step whose adapter
    is kept, `validation_loss` its loss; `base_sha256` ties the adapter to its base."""

    specialty: str
    base: str
    base_sha256: str
    targets: list[str]
    rank: int
    alpha: int
    dropout: float
    trainable_parameters: int
    total_parameters: int
    base_parameters: int
    steps: int
    kept_step: int
    loss_first: float
    loss_last: float
    validation_loss: float | None
    tokens_per_second: float
    memory_gib: float
    hardware: str
    precision: str
    seconds: float
    cases: dict[str, int]
    cases_too_long: dict[str, int]
    hashes: dict[str, str]
