"""The splits and the gold set as assets."""

from functools import partial
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
)

from edscribe_pipelines.corpus.splitting.gold import gold_violations
from edscribe_pipelines.corpus.splitting.minimum import minimum_cases
from edscribe_pipelines.corpus.splitting.month import CERTIFICATE, leaks, make_gold_set, make_splits
from edscribe_pipelines.files import read_json
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

_CERTIFICATE, _MINIMUM, _UNTOUCHED = "no_leakage", "ten_thousand_cases", "never_trained_on"


@stage_asset(
    "splits",
    {"parquet", "json"},
    checks=[
        AssetCheckSpec(
            _CERTIFICATE,
            asset="splits",
            blocking=True,
            description="The splits share no patient, no near-duplicate and no gold case.",
        ),
        AssetCheckSpec(
            _MINIMUM, asset="splits", description="The plan's minimum of training cases, by tier; fewer only warn."
        ),
    ],
)
def splits(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Every gated case up to this month, near-duplicates removed, 80/10/10 by patient; also as the plan's JSONL.

    Nothing is stored where the leakage certificate finds a patient, a near-duplicate or a gold case on both
    sides. Fewer cases than the plan's minimum are a warning.
    """
    month = context.partition_key
    months = {name: stages.verified(result) for name, result in stages.up_to("gated_corpus", month).items()}
    knobs = {
        "tiers": settings.train_tiers,
        "seed": settings.seed,
        "similarity": settings.near_duplicate_similarity,
    }
    build = partial(make_splits, (result.table("cases") for result in months.values()), settings)
    result = stages.run("splits", month, build, settings=knobs, inputs=months)
    return materialised(context, result, checks=[_certified(result, settings), _enough(result, settings.minimum_cases)])


def _certified(result: Result, settings: Settings) -> AssetCheckResult:
    found = leaks(result.table("cases"), settings)
    shown = {"certificate": read_json(result.folder / CERTIFICATE), "leaks": found}
    return AssetCheckResult(passed=not found, check_name=_CERTIFICATE, metadata=shown)


def _enough(result: Result, minimum: int) -> AssetCheckResult:
    found = minimum_cases(pl.read_parquet(result.folder / "cases.parquet", columns=["tier"]), minimum)
    counts: dict[str, Any] = {"minimum": minimum, "cases": found["cases"], **found["tiers"], "met_by": found["met_by"]}
    return AssetCheckResult(passed=found["met"], check_name=_MINIMUM, severity=AssetCheckSeverity.WARN, metadata=counts)


@stage_asset(
    "gold_set",
    {"parquet", "json"},
    checks=[
        AssetCheckSpec(
            _UNTOUCHED,
            asset="gold_set",
            blocking=True,
            description="No gold case, patient or likeness is outside the test split.",
        )
    ],
)
def frozen_gold_set(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Physician-written test cases, frozen by id when they first came: never trained on, never model-assisted."""
    month = context.partition_key
    cases = stages.get("splits", month).table("cases")
    knobs = {
        "limit": settings.gold_cases,
        "seed": settings.seed,
        "similarity": settings.near_duplicate_similarity,
    }
    result = stages.run("gold_set", month, partial(make_gold_set, cases, settings), settings=knobs)
    found = gold_violations(result.table("cases"), cases, settings.near_duplicate_similarity)
    shown = {"cases": result.counts["cases"], "violations": found}
    untouched = AssetCheckResult(passed=not found, check_name=_UNTOUCHED, metadata=shown)
    return materialised(context, result, checks=[untouched])
