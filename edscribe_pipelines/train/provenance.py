"""What an adapter was made of: the facts of its card, from the training and from its cases."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.train.card import CardFacts
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.summary import TrainingSummary

_PACKAGES = ("nemo-automodel", "torch", "transformers", "peft", "edscribe_pipelines")


class Origin(NamedTuple):
    """The months whose cases the splits hold, the last of them the adapter's own, and the hashes of splits and code."""

    months: Sequence[str]
    data_version: str
    code_version: str


def card_facts(
    summary: TrainingSummary,
    cases: pl.DataFrame,
    recipe: Recipe,
    specialty: Specialty,
    origin: Origin,
) -> CardFacts:
    """Return the card's facts. `cases` has split, tier and data_use."""
    learned = cases.filter(pl.col("split") == "train")
    return CardFacts(
        adapter=specialty.adapter,
        specialty=specialty.name,
        month=origin.months[-1],
        base_model=summary["base"],
        cases=summary["cases"],
        tiers=_counts(learned["tier"]),
        data_use=_counts(learned["data_use"]),
        months=origin.months,
        data_version=origin.data_version,
        code_version=origin.code_version,
        recipe=recipe.model_dump(mode="json"),
        trainable_parameters=summary["trainable_parameters"],
        total_parameters=summary["total_parameters"],
        steps=summary["steps"],
        loss_first=summary["loss_first"],
        loss_last=summary["loss_last"],
        loss_best_validation=summary["validation_loss"],
        hardware=summary["hardware"],
        versions={package: version(package) for package in _PACKAGES},
    )


def git_commit() -> str | None:
    """Return the commit of the checkout that runs, None where it is no checkout."""
    head = Path(__file__).parents[2] / ".git" / "HEAD"
    try:
        told = head.read_text(encoding="utf-8").strip()
        return (head.parent / told[5:]).read_text(encoding="utf-8").strip() if told.startswith("ref: ") else told
    except OSError:
        return None


def _counts(values: pl.Series) -> dict[str, int]:
    return dict(values.value_counts().sort(values.name).iter_rows())
