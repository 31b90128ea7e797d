"""The gate as assets: the month's corpus and its quarantine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    AssetOut,
    Failure,
    MetadataValue,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    graph_multi_asset,
    op,
)

from edscribe_pipelines.clinical.records import GatedCase, QuarantinedCase
from edscribe_pipelines.clinical.register.rules import expired, register
from edscribe_pipelines.corpus.gating import expectations_page, quarantine_page
from edscribe_pipelines.corpus.gating.expectations import WARNINGS
from edscribe_pipelines.corpus.gating.findings import rule_counts, rules_found
from edscribe_pipelines.corpus.gating.store import CASES, hold, not_met, read_held, store_chunk, warned, write_held
from edscribe_pipelines.orchestration.fan_out import (
    FanOut,
    Month,
    chunk_op,
    merge_table,
    plan_op,
    planned_month,
    summed_counts,
)
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import committed
from edscribe_pipelines.orchestration.stages import Derivation, Result, Stages
from edscribe_pipelines.settings import Settings

_CORPUS, _QUARANTINE = "gated_corpus", "quarantined_cases"
_EXPECTATIONS = "great_expectations"


def _derivation(stages: Stages, settings: Settings, month: str) -> Derivation:
    inputs = {name: stages.get(name, month) for name in ("deidentified_notes", "synthetic_cases")}
    return Derivation(_CORPUS, month, ("corpus", "deidentify"), inputs, {})


def _stays(derivation: Derivation) -> Path:
    return derivation.table("deidentified_notes", "encounters")


def _judge(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    cases, refused = (_of(month, frame, table) for table in ("cases", "refused"))
    return {"cases": store_chunk(frame, cases, refused, folder)}


def _of(month: Month, stays: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the rows of a table of `synthetic_cases` that belong to `stays`."""
    rows = pl.scan_parquet(month.derivation.table("synthetic_cases", table))
    ids = stays.lazy().select("encounter_id")
    return rows.join(ids, on="encounter_id", how="semi", maintain_order="left").collect()


_GATE = FanOut(derivation=_derivation, rows=_stays, work=_judge, beside=(_QUARANTINE,))
_plan = plan_op("gate", _GATE, "notes", "synthetic")
_chunk = chunk_op("gate", _GATE)


@op(out={name: Out(Nothing) for name in (_QUARANTINE, _EXPECTATIONS, *WARNINGS, _CORPUS)})
def commit_gate(
    context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
) -> Iterator[AssetCheckResult | Output[None]]:
    """Store the quarantine first, and the corpus only where every expectation that must be met is met."""
    month = planned_month(context, _GATE, stages, settings, chunks)
    quarantine = replace(month.derivation, stage=_QUARANTINE)
    quarantined = stages.verified(stages.make(quarantine, partial(_store_quarantine, month, chunks)))
    page = MetadataValue.path(quarantined.folder / quarantine_page.PAGE)
    shown = {name: quarantined.counts[name] for name in ("reasons", "findings")}
    yield committed(context, quarantined, metadata={**shown, "page": page})
    try:
        corpus = stages.verified(month.commit(chunks, partial(_store_corpus, month, chunks)))
    except Failure as failure:
        yield AssetCheckResult(passed=False, check_name=_EXPECTATIONS, asset_key=_CORPUS, metadata=failure.metadata)
        raise
    yield from _checks(corpus)
    page = MetadataValue.path(corpus.folder / expectations_page.PAGE)
    overdue = len(expired(register(), datetime.now(UTC).date()))
    shown = {"findings": corpus.counts["findings"], "expectations": page, "rules_expired": overdue}
    yield committed(context, corpus, metadata=shown)


def _store_quarantine(month: Month, chunks: list[str], folder: Path) -> dict[str, Any]:
    height = merge_table(chunks, "quarantined", QuarantinedCase, folder)
    quarantined = pl.read_parquet((folder / "quarantined.parquet").rename(folder / CASES))
    parts = [pl.read_parquet(Path(chunk) / CASES, columns=["encounter_id", "findings"]) for chunk in chunks]
    accepted = pl.concat([quarantined.select("encounter_id", "findings").clear(), *parts])
    quarantine_page.write_quarantine_page(month.name, quarantined, accepted, folder)
    reasons = quarantined.explode("reasons")["reasons"].value_counts(sort=True)
    return {"cases": height, "reasons": dict(reasons.iter_rows()), "findings": rule_counts(rules_found(quarantined))}


def _store_corpus(month: Month, chunks: list[str], folder: Path) -> dict[str, Any]:
    """Fill the folder. Raises Failure where an expectation that must be met is not."""
    held = hold([Path(chunk) for chunk in chunks], _stays(month.derivation), summed_counts(chunks).get("cases", 0))
    if failed := not_met(held):
        message = f"Expectations not met: {', '.join(failed)}. Nothing was stored."
        raise Failure(message, metadata={"not_met": failed}, allow_retries=False)
    height = merge_table(chunks, "cases", GatedCase, folder)
    write_held(held, folder)
    expectations_page.write_expectations_page(month.name, held, folder)
    cases = pl.read_parquet(folder / CASES, columns=["encounter_id", "tier", "findings"])
    tiers = {f"tier_{tier}": count for tier, count in sorted(cases["tier"].value_counts().iter_rows())}
    met = sum(outcome.met for outcome in held["outcomes"])
    return {"cases": height, "expectations_met": met, **tiers, "findings": rule_counts(rules_found(cases))}


def _checks(corpus: Result) -> Iterator[AssetCheckResult]:
    met = {"expectations_met": corpus.counts["expectations_met"]}
    yield AssetCheckResult(passed=True, check_name=_EXPECTATIONS, asset_key=_CORPUS, metadata=met)
    for name, (passed, figures) in warned(read_held(corpus.folder)).items():
        yield AssetCheckResult(
            passed=passed, check_name=name, asset_key=_CORPUS, severity=AssetCheckSeverity.WARN, metadata=figures
        )


@graph_multi_asset(
    name="gate",
    ins={
        "notes": AssetIn("deidentified_notes", dagster_type=Nothing),
        "synthetic": AssetIn("synthetic_cases", dagster_type=Nothing),
    },
    outs={
        _QUARANTINE: AssetOut(
            description="Stays that gave no case and cases that a gate failed: ids, reasons and findings, no text. "
            "With a page of them by reason and rule.",
            kinds={"parquet"},
        ),
        _CORPUS: AssetOut(
            description="The month's cases that no gate failed, held to Great Expectations before they were stored.",
            kinds={"greatexpectations", "parquet"},
        ),
    },
    check_specs=[AssetCheckSpec(name, asset=_CORPUS) for name in (_EXPECTATIONS, *WARNINGS)],
    partitions_def=MONTHS,
    group_name="corpus",
)
def gate(notes: Any, synthetic: Any) -> Any:
    """Judge every stay by the five gates: it becomes a case or goes to quarantine, and none is lost."""
    quarantined, expectations, *warnings, corpus = commit_gate(
        _plan(notes=notes, synthetic=synthetic).map(_chunk).collect()
    )
    checks = dict(zip((_EXPECTATIONS, *WARNINGS), (expectations, *warnings), strict=True))
    return {
        _QUARANTINE: quarantined,
        _CORPUS: corpus,
        **{f"{_CORPUS}_{name}": check for name, check in checks.items()},
    }
