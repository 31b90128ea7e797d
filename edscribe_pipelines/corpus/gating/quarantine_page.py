"""The page of a month's quarantine: for each reason and rule how many stays it kept out, and which by their ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.corpus.gating.findings import rules_found
from edscribe_pipelines.corpus.gating.pages import write_page
from edscribe_pipelines.tables import read_table

PAGE = "quarantine.html"
_IDS = 100
"""Ids that a row lists; the table beside the page holds all."""


def write_quarantine_page(month: str, quarantined: pl.DataFrame, accepted: pl.DataFrame, folder: Path) -> None:
    """Write the page to `folder`, from the month's `QuarantinedCase` rows and the cases that no gate failed
    (encounter_id and findings)."""
    kept_out = rules_found(quarantined, keep=_IDS)
    critical = pl.col("severity") == "critical"
    write_page(
        folder / PAGE,
        "quarantine.html.j2",
        month=month,
        quarantined=quarantined.height,
        accepted=accepted.height,
        reasons=reasons_found(quarantined),
        critical=kept_out.filter(critical).to_dicts(),
        other=kept_out.filter(~critical).to_dicts(),
        passed=rules_found(accepted, keep=_IDS).to_dicts(),
        listed=_IDS,
    )


def reasons_found(quarantined: pl.DataFrame) -> list[dict[str, Any]]:
    """Return code, meaning, remedy, `cases` and `stays` (the first ids) of each reason, the most frequent first."""
    known = {row["reason"]: row for row in read_table("quarantine_reasons.csv", "edscribe_pipelines.corpus.tables")}
    counted = (
        quarantined.explode("reasons")
        .group_by(pl.col("reasons").alias("code"), maintain_order=True)
        .agg(
            cases=pl.col("encounter_id").n_unique(), stays=pl.col("encounter_id").unique(maintain_order=True).head(_IDS)
        )
        .sort("cases", "code", descending=[True, False])
    )
    unknown = {"meaning": "", "remedy": ""}
    return [{**row, **known.get(row["code"], unknown)} for row in counted.to_dicts()]
