"""The cases that physicians are asked to read: a floor of every stratum, and above it by risk.

The floor is a share of each acuity and disposition. Above it, cases are drawn with weights from
`tables/review_risk.csv`: high acuity, a rare chief complaint, a finding that only warned.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl

from edscribe_pipelines.corpus.complaint import complaint_categories
from edscribe_pipelines.tables import read_table

_NEAR_MISS = r"^(?:vital|dose)\."


class Risk(NamedTuple):
    weight: float
    limit: float


@cache
def risks() -> dict[str, Risk]:
    rows = read_table("review_risk.csv", "edscribe_pipelines.corpus.tables")
    return {row["reason"]: Risk(float(row["weight"]), float(row["limit"])) for row in rows}


def sample_for_review(cases: pl.DataFrame, fraction: float, risk_fraction: float, seed: int) -> pl.DataFrame:
    """Return case_id, encounter_id, tier, esi_level, disposition and `why` of the cases to be read.

    Of each stratum of acuity and disposition at least `fraction` is taken, rounded up (`floor`). Of the others
    `risk_fraction` of all cases, rounded up, are drawn by risk where so many have any. `why` also names the
    risks of the cases of the floor. The order of `cases` and the seed decide, never ids.
    """
    listed = _listed(cases).with_row_index("place")
    strata = listed.partition_by("esi_level", "disposition", maintain_order=True)
    taken = [stratum.sample(math.ceil(round(stratum.height * fraction, 6)), seed=seed) for stratum in strata]
    floor = pl.concat([listed.clear(), *taken])
    others = listed.join(floor, on="place", how="anti", maintain_order="left")
    drawn = _draw(others, math.ceil(round(listed.height * risk_fraction, 6)), seed)
    return pl.concat([_explained(floor, ["floor"]), _explained(drawn, [])])


def _listed(cases: pl.DataFrame) -> pl.DataFrame:
    """Return what the sample says of each case, and how much each risk weighs in it."""
    metadata = pl.col("metadata").struct
    complaints = complaint_categories(cases.select(metadata.field("chief_complaint")).to_series())
    warned = pl.element().struct.field("severity") == "warning"
    near = warned & pl.element().struct.field("rule").str.contains(_NEAR_MISS)
    share = pl.len().over(complaints) / pl.len()
    high, rare, miss = (risks()[reason] for reason in ("high_acuity", "rare_complaint", "near_miss"))
    return cases.select(
        "case_id",
        "encounter_id",
        "tier",
        esi_level=metadata.field("esi_level"),
        disposition=metadata.field("disposition"),
        high_acuity=pl.when(metadata.field("esi_level") <= high.limit).then(high.weight).otherwise(0.0),
        rare_complaint=pl.when(share <= rare.limit).then(rare.weight * rare.limit / share).otherwise(0.0),
        near_miss=pl.when(pl.col("findings").list.eval(near).list.sum() >= miss.limit).then(miss.weight).otherwise(0.0),
    )


def _draw(others: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """Return `count` cases drawn without replacement in proportion to their risk (Efraimidis and Spirakis,
    Weighted random sampling with a reservoir, 2006); none without a risk."""
    risky = others.filter(pl.sum_horizontal(*risks()) > 0)
    waits = (
        np.random.default_rng(seed).exponential(size=risky.height)
        / risky.select(pl.sum_horizontal(*risks())).to_series().to_numpy()
    )
    return risky[np.sort(np.argsort(waits, kind="stable")[:count])]


def _explained(chosen: pl.DataFrame, first: list[str]) -> pl.DataFrame:
    reasons = [pl.when(pl.col(reason) > 0).then(pl.lit(reason)) for reason in risks()]
    named = [pl.lit(each) for each in first]
    return chosen.select(
        "case_id",
        "encounter_id",
        "tier",
        "esi_level",
        "disposition",
        why=pl.concat_list(*named, *reasons).list.drop_nulls(),
    )
