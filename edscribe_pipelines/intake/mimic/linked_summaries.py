"""Which discharge summary of MIMIC-IV-Note belongs to which ED stay.

A summary is of an admission. Of the ED stays that led to one admission, the last to arrive is the one that the
summary begins with. Source: https://physionet.org/content/mimic-iv-note/2.2/
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from edscribe_pipelines.clinical.records import Encounter, polars_schema
from edscribe_pipelines.intake.mimic.cells import STAY, identifier
from edscribe_pipelines.intake.mimic.discharge import excerpts_by_admission
from edscribe_pipelines.intake.mimic.problems import problem_rows

_EXCERPTS = polars_schema(Encounter)["excerpts"]


class LinkedSummaries(NamedTuple):
    """`excerpts` has a row for each stay, in order; `problems` are lists of problem rows."""

    excerpts: pl.DataFrame
    problems: list[pl.DataFrame]
    counts: dict[str, int]


def link_summaries(discharge: pl.LazyFrame | None, stays: pl.DataFrame) -> LinkedSummaries:
    if discharge is None:
        none = pl.select(excerpts=pl.repeat(pl.lit([], _EXCERPTS), stays.height, dtype=_EXCERPTS))
        return LinkedSummaries(none, [], {})
    summaries = discharge.with_columns(identifier("hadm_id"), identifier("text").alias("text"))
    rows = _rows(summaries, stays)
    usable = rows.filter(pl.col("problem_hadm_id").is_null() & pl.col("problem_text").is_null())
    problems = [
        problem_rows(rows, "discharge", column, f"problem_{column}", "excerpts") for column in ("hadm_id", "text")
    ]
    linked = usable.height - usable[STAY].null_count()
    counts = {"discharge_summaries_linked": linked, "discharge_summaries_unlinked": usable.height - linked}
    return LinkedSummaries(_excerpts(summaries, stays), problems, counts)


def _rows(summaries: pl.LazyFrame, stays: pl.DataFrame) -> pl.DataFrame:
    empty = pl.lit("empty")
    rows = summaries.select(
        "row",
        "hadm_id",
        problem_hadm_id=pl.when(pl.col("hadm_id").is_null()).then(empty),
        problem_text=pl.when(pl.col("text").is_null()).then(empty),
    ).collect(engine="streaming")
    return rows.join(_last_stays(stays), on="hadm_id", how="left", maintain_order="left")


def _last_stays(stays: pl.DataFrame) -> pl.DataFrame:
    admitted = stays.filter(pl.col("hadm_id").is_not_null()).sort("arrival", STAY, nulls_last=False)
    return admitted.unique("hadm_id", keep="last", maintain_order=True).select("hadm_id", STAY)


def _excerpts(summaries: pl.LazyFrame, stays: pl.DataFrame) -> pl.DataFrame:
    last = _last_stays(stays)
    of_stays = summaries.filter(pl.col("hadm_id").is_in(last["hadm_id"].implode()))
    excerpts = excerpts_by_admission(of_stays).collect(engine="streaming")
    by_stay = last.join(excerpts, on="hadm_id", how="inner").select(STAY, "excerpts")
    listed = stays.select(STAY).join(by_stay, on=STAY, how="left", maintain_order="left")
    return listed.select(pl.col("excerpts").cast(_EXCERPTS).fill_null([]))
