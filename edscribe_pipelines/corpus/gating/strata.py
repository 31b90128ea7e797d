"""The acuity and complaint mix of a month: of whom the stays were, and of whom the cases are.

A gate that drops one kind of patient leaves the totals all but unchanged. So each stratum's acceptance is held
against that of all stays. Too few cases are a loss only where chance does not explain them.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from edscribe_pipelines.corpus.complaint import complaint_categories
from edscribe_pipelines.tables import read_table

NOT_RECORDED = "not recorded"


@cache
def bounds() -> dict[str, float]:
    """Return the values of `tables/corpus_bounds.csv` by name."""
    return {
        row["bound"]: float(row["value"]) for row in read_table("corpus_bounds.csv", "edscribe_pipelines.corpus.tables")
    }


def stay_strata(encounters: pl.DataFrame) -> pl.DataFrame:
    """Return encounter_id, acuity and complaint of `Encounter` rows, in words."""
    complaint = complaint_categories(encounters["chief_complaint"].fill_null(""))
    without = encounters["chief_complaint"].is_null()
    return encounters.select(
        "encounter_id",
        acuity=pl.format("ESI {}", "triage_acuity").fill_null(NOT_RECORDED),
        complaint=pl.when(without).then(pl.lit(NOT_RECORDED)).otherwise(complaint),
    )


def acceptance_by(stays: pl.DataFrame, stratum: str) -> pl.DataFrame:
    """Return for each value of the column `stratum` how many stays and cases it has, its share of each, and `lost`.

    `stays` also has `cases`, how many cases came of a stay. A stratum is lost where its acceptance is under the
    bound and so few cases are too unlikely for one that is at the bound (binomial distribution).
    """
    from scipy.special import bdtr

    counted = stays.group_by(stratum).agg(stays=pl.len(), cases=(pl.col("cases") > 0).sum()).sort(stratum)
    least = bounds()["stratum_at_least"] * int(counted["cases"].sum()) / max(int(counted["stays"].sum()), 1)
    chance = bdtr(counted["cases"].to_numpy().astype(float), counted["stays"].to_numpy(), least)
    below = counted["cases"] < counted["stays"] * least
    return counted.with_columns(
        share_of_stays=_share("stays"),
        share_of_cases=_share("cases"),
        lost=below & pl.Series(chance < bounds()["stratum_chance"]),
    )


def _share(column: str) -> pl.Expr:
    return (pl.col(column) / pl.col(column).sum()).fill_nan(0.0).round(4)
