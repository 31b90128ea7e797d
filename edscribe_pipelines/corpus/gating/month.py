"""A month's stays and what became of each, without a word of a note: what the corpus as a whole is held to."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.gating.strata import stay_strata


def stays_of_month(encounters: Path, cases: list[Path], quarantined: list[Path]) -> pl.DataFrame:
    """Return a row for each stay: encounter_id, acuity, complaint, case_id, cases, critical, quarantined.

    `cases` and `quarantined` count the stay's rows there, `critical` the critical findings on its case. A case or a
    quarantined row of an unknown stay gets a row of its own.
    """
    columns = ["encounter_id", "chief_complaint", "triage_acuity"]
    stays = stay_strata(pl.read_parquet(encounters, columns=columns))
    return (
        stays.join(_cases(cases), on="encounter_id", how="full", coalesce=True, maintain_order="left")
        .join(_quarantined(quarantined), on="encounter_id", how="full", coalesce=True, maintain_order="left")
        .with_columns(pl.col("cases", "critical", "quarantined").fill_null(0))
    )


def _cases(tables: list[Path]) -> pl.DataFrame:
    critical = (pl.element().struct.field("severity") == "critical").sum()
    empty = pl.LazyFrame(schema={"encounter_id": pl.String, "case_id": pl.String, "critical": pl.UInt32})
    read = [
        pl.scan_parquet(table).select(
            "encounter_id", "case_id", critical=pl.col("findings").list.eval(critical).list.first()
        )
        for table in tables
    ]
    rows = pl.concat([empty, *read], how="vertical_relaxed").collect()
    return rows.with_columns(cases=pl.len().over("encounter_id"))


def _quarantined(tables: list[Path]) -> pl.DataFrame:
    empty = pl.LazyFrame(schema={"encounter_id": pl.String})
    rows = pl.concat([empty, *(pl.scan_parquet(table).select("encounter_id") for table in tables)])
    return rows.group_by("encounter_id").agg(quarantined=pl.len()).collect()
