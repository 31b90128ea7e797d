"""The cases that physicians are asked to read: a seeded share of every acuity and disposition."""

from __future__ import annotations

import math

import polars as pl


def sample_for_review(cases: pl.DataFrame, fraction: float, seed: int) -> pl.DataFrame:
    """Return case_id, encounter_id, esi_level, disposition and tier of the cases to be read.

    Of each stratum of acuity and disposition at least `fraction` is taken, rounded up.
    """
    listed = cases.select(
        "case_id",
        "encounter_id",
        "tier",
        esi_level=pl.col("metadata").struct.field("esi_level"),
        disposition=pl.col("metadata").struct.field("disposition"),
    )
    strata = listed.partition_by("esi_level", "disposition", maintain_order=True)
    taken = [stratum.sample(math.ceil(round(stratum.height * fraction, 6)), seed=seed) for stratum in strata]
    return pl.concat([listed.clear(), *taken])
