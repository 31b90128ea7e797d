"""Findings counted: by severity and rule, how many there are and in how many cases."""

from __future__ import annotations

from typing import get_args

import polars as pl

from edscribe_pipelines.clinical.records import Severity

RuleCounts = dict[str, dict[str, int]]
"""How many findings of each rule, for each severity that occurs; the most frequent rule first."""


def rules_found(rows: pl.DataFrame, keep: int = 0) -> pl.DataFrame:
    """Return rule, severity, `findings`, `cases`, message, citation and `stays`: one row for each rule and severity.

    `rows` need encounter_id and findings. The message is the rule's most frequent one, and `stays` holds the first
    `keep` encounter_ids. The rule in most cases comes first.
    """
    said = rows.select("encounter_id", "findings").explode("findings").drop_nulls("findings").unnest("findings")
    stays = pl.col("encounter_id").unique(maintain_order=True)
    counted = said.group_by("severity", "rule", maintain_order=True).agg(
        findings=pl.len(),
        cases=pl.col("encounter_id").n_unique(),
        message=pl.col("message").mode(maintain_order=True).first(),
        citation=pl.col("citation").drop_nulls().first(),
        stays=stays.head(keep),
    )
    return counted.sort("cases", "findings", "rule", descending=[True, True, False])


def rule_counts(found: pl.DataFrame) -> RuleCounts:
    """Return the findings of each rule by severity, from `rules_found`."""
    return {
        severity: dict(found.filter(pl.col("severity") == severity).select("rule", "findings").iter_rows())
        for severity in get_args(Severity)
        if severity in found["severity"]
    }
