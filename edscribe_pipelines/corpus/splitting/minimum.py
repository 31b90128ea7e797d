"""The plan's minimum of training cases (section 2.1), counted by tier."""

from __future__ import annotations

from typing import get_args

import polars as pl
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import Tier


class MinimumCases(TypedDict):
    """`met_by` are the tiers that reach the minimum on their own: ten thousand rendered cases teach less
    than ten thousand written ones."""

    minimum: int
    cases: int
    met: bool
    tiers: dict[str, int]
    met_by: list[str]


def minimum_cases(cases: pl.DataFrame, minimum: int) -> MinimumCases:
    """Return how many cases there are of each tier, and whether they reach the minimum together."""
    counted = dict(cases["tier"].value_counts().iter_rows())
    tiers = {tier: counted.get(tier, 0) for tier in get_args(Tier)}
    return {
        "minimum": minimum,
        "cases": cases.height,
        "met": cases.height >= minimum,
        "tiers": tiers,
        "met_by": [tier for tier, count in tiers.items() if count >= minimum],
    }
