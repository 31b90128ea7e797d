"""A month's quarantine and corpus, put together from its chunks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.corpus.gating import expectations_page, quarantine_page
from edscribe_pipelines.corpus.gating.findings import rule_counts, rules_found
from edscribe_pipelines.corpus.gating.store import CASES, hold, not_met, write_held
from edscribe_pipelines.errors import ExpectationsNotMet


def store_quarantine(month: str, chunks: list[Path], folder: Path) -> dict[str, Any]:
    """Add the page to the quarantine that stands merged in `folder` and return its counts."""
    quarantined = pl.read_parquet(folder / CASES)
    parts = [pl.read_parquet(chunk / CASES, columns=["encounter_id", "findings"]) for chunk in chunks]
    accepted = pl.concat([quarantined.select("encounter_id", "findings").clear(), *parts])
    quarantine_page.write_quarantine_page(month, quarantined, accepted, folder)
    reasons = quarantined.explode("reasons")["reasons"].value_counts(sort=True)
    return {
        "cases": quarantined.height,
        "reasons": dict(reasons.iter_rows()),
        "findings": rule_counts(rules_found(quarantined)),
    }


def store_corpus(month: str, chunks: list[Path], stays: Path, recorded: int, folder: Path) -> dict[str, Any]:
    """Hold the corpus that stands merged in `folder` to the expectations, add their page and return its counts.

    `recorded` cases were counted in the chunks. Raises ExpectationsNotMet where one that must be met is not.
    """
    held = hold(chunks, stays, recorded)
    if failed := not_met(held):
        raise ExpectationsNotMet(failed)
    write_held(held, folder)
    expectations_page.write_expectations_page(month, held, folder)
    cases = pl.read_parquet(folder / CASES, columns=["encounter_id", "tier", "findings"])
    tiers = {f"tier_{tier}": count for tier, count in sorted(cases["tier"].value_counts().iter_rows())}
    met = sum(outcome.met for outcome in held["outcomes"])
    return {"cases": cases.height, "expectations_met": met, **tiers, "findings": rule_counts(rules_found(cases))}
