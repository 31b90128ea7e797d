"""The corpus as assets: drafted, gated, split."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetSpec,
    Failure,
    MaterializeResult,
    ResourceParam,
    asset,
    multi_asset,
)

from edscribe_pipelines.corpus.expectations import enforce_gates
from edscribe_pipelines.corpus.export import export_splits
from edscribe_pipelines.corpus.gates import Gated, gate_corpus
from edscribe_pipelines.corpus.review import sample_for_review
from edscribe_pipelines.corpus.splits import SPLITS, split_cases
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.deidentify.assets import deidentified_notes
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Stages
from edscribe_pipelines.settings import Settings

_ROOMS = ("corpus", "deidentify")


@asset(partitions_def=MONTHS, deps=[deidentified_notes], group_name="corpus", kinds={"polars", "parquet"})
def synthetic_cases(context: AssetExecutionContext, stages: ResourceParam[Stages]) -> MaterializeResult:
    """A case for each stay without a note of its own, rendered from its facts by the template drafter.

    Stays that cannot make an honest case are refused with their reasons.
    """

    def build(folder: Path) -> dict[str, Any]:
        synthesis = synthesise_cases(source.table("encounters"))
        synthesis.cases.write_parquet(folder / "cases.parquet")
        synthesis.refused.write_parquet(folder / "refused.parquet")
        return {"cases": synthesis.cases.height, "refused": synthesis.refused.height}

    month = context.partition_key
    source = stages.get("deidentified_notes", month)
    return materialised(
        context, stages.run("synthetic_cases", month, rooms=_ROOMS, inputs={"notes": source}, settings={}, build=build)
    )


_EXPECTATIONS = "great_expectations"


@multi_asset(
    specs=[
        AssetSpec(
            "quarantined_cases",
            deps=[deidentified_notes, synthetic_cases],
            description="Stays that gave no case and cases that a gate failed: ids, reasons and findings, no text.",
            kinds={"parquet"},
        ),
        AssetSpec(
            "gated_corpus",
            deps=[deidentified_notes, synthetic_cases],
            description="The month's cases that no gate failed, held to Great Expectations before they were stored.",
            kinds={"greatexpectations", "parquet"},
        ),
    ],
    check_specs=[AssetCheckSpec(_EXPECTATIONS, asset="gated_corpus")],
    partitions_def=MONTHS,
    group_name="corpus",
)
def gate(
    context: AssetExecutionContext, stages: ResourceParam[Stages]
) -> Iterator[MaterializeResult | AssetCheckResult]:
    """Judge every stay by the five gates: it becomes a case or goes to quarantine, and none is lost.

    The quarantine is stored first. The corpus is stored only where all expectations hold.
    """
    month = context.partition_key
    inputs = {name: stages.get(name, month) for name in ("deidentified_notes", "synthetic_cases")}

    @cache
    def judged() -> Gated:
        stays, drafted = inputs["deidentified_notes"].table("encounters"), inputs["synthetic_cases"]
        gated = gate_corpus(stays, drafted.table("cases"), drafted.table("refused"))
        if gated.passed.height + gated.quarantined.height != stays.height:
            raise CorpusInvariant("a stay is neither in the corpus nor in quarantine, or in both")
        return gated

    def quarantine(folder: Path) -> dict[str, Any]:
        judged().quarantined.write_parquet(folder / "cases.parquet")
        reasons = judged().quarantined.explode("reasons")["reasons"].value_counts(sort=True)
        return {"cases": judged().quarantined.height, "reasons": dict(reasons.iter_rows())}

    def store(folder: Path) -> dict[str, Any]:
        results = enforce_gates(judged().passed)
        failed = [result.name for result in results if not result.success]
        if failed:
            raise Failure(f"Expectations not met: {', '.join(failed)}. Nothing was stored.", allow_retries=False)
        judged().passed.write_parquet(folder / "cases.parquet")
        return {"cases": judged().passed.height, "expectations_met": len(results), **_tiers(judged().passed)}

    quarantined = stages.run("quarantined_cases", month, rooms=_ROOMS, inputs=inputs, settings={}, build=quarantine)
    yield materialised(context, quarantined, metadata={"reasons": quarantined.counts["reasons"]})
    try:
        corpus = stages.run("gated_corpus", month, rooms=_ROOMS, inputs=inputs, settings={}, build=store)
    except Failure:
        yield AssetCheckResult(passed=False, check_name=_EXPECTATIONS, asset_key="gated_corpus")
        raise
    met = {"expectations_met": corpus.counts["expectations_met"]}
    yield AssetCheckResult(passed=True, check_name=_EXPECTATIONS, asset_key="gated_corpus", metadata=met)
    yield materialised(context, corpus)


def _tiers(cases: pl.DataFrame) -> dict[str, int]:
    return {f"tier_{tier}": count for tier, count in sorted(cases["tier"].value_counts().iter_rows())}


@asset(partitions_def=MONTHS, deps=["gated_corpus"], group_name="corpus", kinds={"parquet"})
def review_sample(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The month's cases that physicians are asked to read: a seeded share of every stratum."""

    def build(folder: Path) -> dict[str, Any]:
        sample = sample_for_review(source.table("cases"), settings.review_fraction, settings.seed)
        sample.write_parquet(folder / "cases.parquet")
        return {"cases": sample.height, "of": source.counts["cases"]}

    month = context.partition_key
    source = stages.get("gated_corpus", month)
    knobs = {"fraction": settings.review_fraction, "seed": settings.seed}
    return materialised(
        context, stages.run("review_sample", month, rooms=_ROOMS, inputs={"cases": source}, settings=knobs, build=build)
    )


@asset(
    partitions_def=MONTHS,
    # Not mapped to the earlier months: Dagster would take a backfill of one month on to all later ones, also
    # to those that never ran. `up_to` asks for the earlier months, and backfills go in their order (dagster.yaml).
    deps=["gated_corpus"],
    check_specs=[AssetCheckSpec("no_patient_in_two_splits", asset="splits")],
    group_name="corpus",
    kinds={"parquet", "json"},
)
def splits(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Every gated case up to this month, 80/10/10 by patient; also as the plan's JSONL."""

    def build(folder: Path) -> dict[str, Any]:
        cases = pl.concat([result.table("cases") for result in months.values()])
        chosen = cases.filter(pl.col("tier").is_in(list(settings.train_tiers)))
        split = split_cases(chosen, settings.store / "split_assignments.sqlite", settings.seed)
        if split.group_by("patient_key").agg(pl.col("split").n_unique())["split"].max() not in (None, 1):
            raise CorpusInvariant("a patient is in two splits")
        split.write_parquet(folder / "cases.parquet")
        export_splits(split, folder)
        return _split_counts(split)

    month = context.partition_key
    months = stages.up_to("gated_corpus", month)
    knobs = {"tiers": settings.train_tiers, "seed": settings.seed}
    result = stages.run("splits", month, rooms=_ROOMS, inputs=months, settings=knobs, build=build)
    disjoint = AssetCheckResult(passed=True, check_name="no_patient_in_two_splits")
    return materialised(context, result, checks=[disjoint])


def _split_counts(cases: pl.DataFrame) -> dict[str, int]:
    counts = {"cases": cases.height, "patients": cases["patient_key"].n_unique()}
    for split in SPLITS:
        held = cases.filter(pl.col("split") == split)
        counts |= {f"{split}_cases": held.height, f"{split}_patients": held["patient_key"].n_unique()}
    return counts
