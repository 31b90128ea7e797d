"""The cases as the training will read them."""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty, note_of
from edscribe_pipelines.train.chat import Pair
from edscribe_pipelines.train.recipe import Recipe

READ = ("train", "validation")
"""The test split is counted and not read."""


def count_splits(cases: pl.DataFrame) -> dict[str, int]:
    return {split: cases.filter(pl.col("split") == split).height for split in (*READ, "test")}


def pairs_by_id(cases: pl.DataFrame, split: str, recipe: Recipe) -> dict[str, Pair]:
    """Return prompt and note of a split's cases by case_id; of the training split as many as the recipe takes."""
    rows = cases.filter(pl.col("split") == split).sort("case_id")
    if split == "train" and recipe.max_train_cases is not None:
        rows = rows.head(recipe.max_train_cases)
    return {
        case["case_id"]: {"prompt": case["prompt"], "completion": case["completion"]}
        for case in rows.select("case_id", "prompt", "completion").iter_rows(named=True)
    }


def as_learned(pairs: dict[str, Pair], specialty: Specialty) -> dict[str, Pair]:
    """Return the pairs with the note that an adapter of `specialty` learns to write."""
    return {case_id: {**pair, "completion": note_of(specialty, pair["completion"])} for case_id, pair in pairs.items()}
