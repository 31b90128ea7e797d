"""The cases that physicians are asked to read: a seeded share of every acuity and disposition."""

from __future__ import annotations

import hashlib
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
    rank = pl.col("case_id").map_elements(lambda case_id: _seeded(case_id, seed), return_dtype=pl.String)
    strata = listed.with_columns(_rank=rank).sort("_rank").partition_by("esi_level", "disposition", maintain_order=True)
    taken = [stratum.head(math.ceil(stratum.height * fraction)) for stratum in strata]
    return pl.concat(taken or [listed.with_columns(_rank=pl.lit(""))]).drop("_rank").sort("case_id")


def _seeded(case_id: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{case_id}".encode()).hexdigest()
