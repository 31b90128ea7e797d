"""Stays that gave no case and cases that a gate failed: ids, reasons and findings, no text."""

from __future__ import annotations

import polars as pl

from edscribe_pipelines.clinical.records import Case, Finding, QuarantinedCase, Source, polars_schema


def refused_stays(encounters: pl.DataFrame, stage: str, reasons: pl.Series) -> pl.DataFrame:
    """Return a `QuarantinedCase` row for each of the `Encounter` rows that has reasons against a case."""
    refused = encounters.with_columns(stage=pl.lit(stage), reasons=reasons, findings=pl.lit([]))
    columns = [pl.col(name).cast(dtype) for name, dtype in polars_schema(QuarantinedCase).items()]
    return refused.filter(reasons.list.len() > 0).select(columns)


def failed_case(case: Case, source: Source, reasons: list[str], findings: list[Finding]) -> QuarantinedCase:
    """Return the row for a case that a gate failed."""
    return {
        "encounter_id": case["encounter_id"],
        "patient_key": case["patient_key"],
        "source": source,
        "stage": "gated_corpus",
        "reasons": reasons,
        "findings": findings,
    }
