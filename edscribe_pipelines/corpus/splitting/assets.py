"""The splits and the gold set as assets."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
    asset,
)

from edscribe_pipelines.corpus.splitting.assignment import SPLITS
from edscribe_pipelines.corpus.splitting.certificate import certify, violations
from edscribe_pipelines.corpus.splitting.duplicates import find_duplicates, in_order_of_arrival
from edscribe_pipelines.corpus.splitting.export import export_splits
from edscribe_pipelines.corpus.splitting.gold import freeze_gold, gold_set, gold_violations
from edscribe_pipelines.corpus.splitting.minimum import minimum_cases
from edscribe_pipelines.corpus.splitting.splits import split_cases
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import read_json, write_json, write_jsonl
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Result, Stages
from edscribe_pipelines.settings import Settings

_ROOMS = ("corpus", "deidentify")
_CERTIFICATE = "no_leakage"
_MINIMUM = "ten_thousand_cases"


@asset(
    partitions_def=MONTHS,
    # Not mapped to the earlier months: Dagster would take a backfill of one month on to all later ones, also
    # to those that never ran. `up_to` asks for the earlier months, and backfills go in their order (dagster.yaml).
    deps=["gated_corpus"],
    check_specs=[
        AssetCheckSpec(
            _CERTIFICATE, asset="splits", description="The splits share no patient, no near-duplicate and no gold case."
        ),
        AssetCheckSpec(
            _MINIMUM, asset="splits", description="The plan's minimum of training cases, by tier; fewer only warn."
        ),
    ],
    group_name="corpus",
    kinds={"parquet", "json"},
)
def splits(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Every gated case up to this month, near-duplicates removed, 80/10/10 by patient; also as the plan's JSONL.

    Nothing is stored where the leakage certificate finds a patient, a near-duplicate or a gold case on both
    sides. Fewer cases than the plan's minimum are a warning.
    """

    def build(folder: Path) -> dict[str, Any]:
        tables = [result.table("cases") for result in months.values()]
        cases = in_order_of_arrival(tables).filter(pl.col("tier").is_in(list(settings.train_tiers)))
        gold, similarity = gold_set(_gold_register(settings)), settings.near_duplicate_similarity
        compared = ("case_id", "encounter_id", "revises", "completion")
        duplicates = find_duplicates(
            pl.concat([gold.select(compared), cases.select(compared)]), similarity, settings.seed
        )
        split = split_cases(cases, duplicates, settings.store / "split_assignments.sqlite", settings.seed)
        certificate = certify(split, gold, similarity)
        if problems := [*violations(certificate), *gold_violations(gold, split, similarity)]:
            raise CorpusInvariant(f"splits leak: {'; '.join(problems)}")
        duplicates.write_parquet(folder / "duplicates.parquet")
        split.write_parquet(folder / "cases.parquet")
        write_json(folder / "certificate.json", certificate)
        export_splits(split, folder)
        return {**_split_counts(split), "duplicates": duplicates.height}

    month = context.partition_key
    months = {name: stages.verified(result) for name, result in stages.up_to("gated_corpus", month).items()}
    knobs = {
        "tiers": settings.train_tiers,
        "seed": settings.seed,
        "similarity": settings.near_duplicate_similarity,
    }
    result = stages.run("splits", month, rooms=_ROOMS, inputs=months, settings=knobs, build=build)
    return materialised(context, result, checks=[_certified(result), _enough(result, settings.minimum_cases)])


def _split_counts(cases: pl.DataFrame) -> dict[str, int]:
    counts = {"cases": cases.height, "patients": cases["patient_key"].n_unique()}
    for split in SPLITS:
        held = cases.filter(pl.col("split") == split)
        counts |= {f"{split}_cases": held.height, f"{split}_patients": held["patient_key"].n_unique()}
    return counts


def _certified(result: Result) -> AssetCheckResult:
    certificate = read_json(result.folder / "certificate.json")
    return AssetCheckResult(passed=True, check_name=_CERTIFICATE, metadata={"certificate": certificate})


def _enough(result: Result, minimum: int) -> AssetCheckResult:
    found = minimum_cases(pl.read_parquet(result.folder / "cases.parquet", columns=["tier"]), minimum)
    counts: dict[str, Any] = {"minimum": minimum, "cases": found["cases"], **found["tiers"], "met_by": found["met_by"]}
    return AssetCheckResult(passed=found["met"], check_name=_MINIMUM, severity=AssetCheckSeverity.WARN, metadata=counts)


@asset(
    partitions_def=MONTHS,
    deps=[splits],
    check_specs=[
        AssetCheckSpec(
            "never_trained_on",
            asset="gold_set",
            description="No gold case, patient or likeness is outside the test split.",
        )
    ],
    group_name="corpus",
    kinds={"parquet", "json"},
    name="gold_set",
)
def frozen_gold_set(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Physician-written test cases, frozen by id when they first came: never trained on, never model-assisted."""

    def build(folder: Path) -> dict[str, Any]:
        cases = source.table("cases")
        gold = freeze_gold(cases, _gold_register(settings), settings.gold_cases, settings.seed)
        if problems := gold_violations(gold, cases, settings.near_duplicate_similarity):
            raise CorpusInvariant(f"the gold set is not untouched: {'; '.join(problems)}")
        gold.write_parquet(folder / "cases.parquet")
        write_jsonl(folder / "gold.jsonl", gold.select("prompt", "completion", "metadata").iter_rows(named=True))
        return {"cases": gold.height, "patients": gold["patient_key"].n_unique()}

    month = context.partition_key
    source = stages.get("splits", month)
    knobs = {
        "limit": settings.gold_cases,
        "seed": settings.seed,
        "similarity": settings.near_duplicate_similarity,
    }
    result = stages.run("gold_set", month, rooms=_ROOMS, inputs={"splits": source}, settings=knobs, build=build)
    untouched = AssetCheckResult(passed=True, check_name="never_trained_on", metadata={"cases": result.counts["cases"]})
    return materialised(context, result, checks=[untouched])


def _gold_register(settings: Settings) -> Path:
    return settings.store / "gold_set.sqlite"
