"""The corpus as assets: drafted, gated, sampled for review."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetIn,
    AssetOut,
    Failure,
    MaterializeResult,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    asset,
    graph_asset,
    graph_multi_asset,
    op,
)

from edscribe_pipelines.clinical.records import Case, GatedCase, QuarantinedCase, to_frame
from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.expectations import enforce_gates
from edscribe_pipelines.corpus.facts import prompts
from edscribe_pipelines.corpus.gates import gate_corpus
from edscribe_pipelines.corpus.review import sample_for_review
from edscribe_pipelines.corpus.synthesis import stays_to_synthesise, synthesise_cases
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.orchestration.fan_out import (
    FanOut,
    Month,
    chunk_op,
    merge_table,
    plan_op,
    planned_month,
)
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import committed, materialised
from edscribe_pipelines.orchestration.stages import Derivation, Stages
from edscribe_pipelines.settings import Settings

_ROOMS = ("corpus", "deidentify")


def _from_notes(stages: Stages, settings: Settings, month: str) -> Derivation:
    notes = stages.get("deidentified_notes", month)
    return Derivation("synthetic_cases", month, _ROOMS, {"notes": notes}, settings.drafting)


def _draft(month: Month, folder: Path) -> None:
    """Have the model draft the stays that go first, where there is one; the template renders the others."""
    tables, counts = {"cases": to_frame(Case, []), "refused": to_frame(QuarantinedCase, [])}, {}
    if month.settings.drafting:
        stays = stays_to_synthesise(pl.read_parquet(month.derivation.table("notes", "encounters")))
        ledger = month.settings.store / "drafting" / "ledger.sqlite"
        drafting = draft_cases(stays, prompts(stays), month.settings, ledger, partial(_log_drafting, month))
        tables = {"cases": drafting.cases, "refused": drafting.refused}
        counts = {"drafting": drafting.counts, "acceptance": drafting.acceptance.to_dicts()}
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    write_json(folder / "counts.json", counts)


def _log_drafting(month: Month, done: int, total: int) -> None:
    if done % 100 == 0 or done == total:
        month.log(f"synthetic_cases: {done} of {total} drafts asked for")


def _synthesise(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    drafted = [pl.read_parquet(month.before() / name, columns=["encounter_id"]) for name in _SYNTHETIC_TABLES]
    synthesis = synthesise_cases(frame.join(pl.concat(drafted), on="encounter_id", how="anti", maintain_order="left"))
    synthesis.cases.write_parquet(folder / "cases.parquet")
    synthesis.refused.write_parquet(folder / "refused.parquet")
    return {}


_DRAFTED = ("drafting", "acceptance")
_SYNTHETIC_TABLES = ("cases.parquet", "refused.parquet")
_SYNTHESIS = FanOut(
    derivation=_from_notes,
    rows=lambda derivation: derivation.table("notes", "encounters"),
    work=_synthesise,
    before=_draft,
)
_plan_synthesis = plan_op("synthetic_cases", _SYNTHESIS, "notes")
_synthesis_chunk = chunk_op("synthetic_cases", _SYNTHESIS)


@op(out={"synthetic_cases": Out(Nothing)})
def commit_synthetic_cases(
    context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
) -> Iterator[Output[None]]:
    """Put the drafted cases and the chunks' rendered ones together."""
    month = planned_month(context, _SYNTHESIS, stages, settings, chunks)

    def build(folder: Path) -> dict[str, Any]:
        parts = [str(month.before()), *chunks]
        cases = merge_table(parts, "cases", Case, folder)
        refused = merge_table(parts, "refused", QuarantinedCase, folder)
        return {"cases": cases, "refused": refused, **read_json(month.before() / "counts.json")}

    result = month.commit(chunks, build)
    drafted: dict[str, Any] = {name: result.counts[name] for name in _DRAFTED if name in result.counts}
    yield committed(context, result, metadata=drafted)


@graph_asset(
    ins={"notes": AssetIn("deidentified_notes", dagster_type=Nothing)},
    partitions_def=MONTHS,
    group_name="corpus",
    kinds={"polars", "parquet"},
)
def synthetic_cases(notes: Any) -> Any:
    """A case for each stay without a note of its own: drafted by a model behind a NIM endpoint where one is set
    and the stay may go there, else rendered from its facts by the template.

    Stays that cannot make an honest case are refused with their reasons.
    """
    return commit_synthetic_cases(_plan_synthesis(notes=notes).map(_synthesis_chunk).collect())


_EXPECTATIONS = "great_expectations"


def _from_stays_and_cases(stages: Stages, settings: Settings, month: str) -> Derivation:
    inputs = {name: stages.get(name, month) for name in ("deidentified_notes", "synthetic_cases")}
    return Derivation("gated_corpus", month, _ROOMS, inputs, {})


def _judge(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    gated = gate_corpus(frame, _of(month, frame, "cases"), _of(month, frame, "refused"))
    if gated.passed.height + gated.quarantined.height != frame.height:
        raise CorpusInvariant("a stay is neither in the corpus nor in quarantine, or in both")
    gated.passed.write_parquet(folder / "cases.parquet")
    gated.quarantined.write_parquet(folder / "quarantined.parquet")
    results = enforce_gates(gated.passed)
    write_json(folder / "expectations.json", {result.name: result.success for result in results})
    return {"cases": gated.passed.height}


def _of(month: Month, stays: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the rows of a table of `synthetic_cases` that belong to `stays`."""
    rows = pl.scan_parquet(month.derivation.table("synthetic_cases", table))
    return rows.join(
        stays.lazy().select("encounter_id"), on="encounter_id", how="semi", maintain_order="left"
    ).collect()


_GATE = FanOut(
    derivation=_from_stays_and_cases,
    rows=lambda derivation: derivation.table("deidentified_notes", "encounters"),
    work=_judge,
    beside=("quarantined_cases",),
)
_plan_gate = plan_op("gate", _GATE, "notes", "synthetic")
_gate_chunk = chunk_op("gate", _GATE)


@op(out={name: Out(Nothing) for name in ("quarantined_cases", _EXPECTATIONS, "gated_corpus")})
def commit_gate(
    context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
) -> Iterator[AssetCheckResult | Output[None]]:
    """Store the quarantine first, and the corpus only where every chunk met all expectations."""
    month = planned_month(context, _GATE, stages, settings, chunks)

    def quarantine(folder: Path) -> dict[str, Any]:
        height = merge_table(chunks, "quarantined", QuarantinedCase, folder)
        table = (folder / "quarantined.parquet").rename(folder / "cases.parquet")
        reasons = pl.read_parquet(table, columns=["reasons"]).explode("reasons")["reasons"].value_counts(sort=True)
        return {"cases": height, "reasons": dict(reasons.iter_rows())}

    def store(folder: Path) -> dict[str, Any]:
        expectations = [read_json(Path(chunk) / "expectations.json") for chunk in chunks]
        failed = sorted({name for chunk in expectations for name, met in chunk.items() if not met})
        if failed:
            raise Failure(f"Expectations not met: {', '.join(failed)}. Nothing was stored.", allow_retries=False)
        height = merge_table(chunks, "cases", GatedCase, folder)
        columns = pl.read_parquet(folder / "cases.parquet", columns=["case_id", "tier"])
        if columns["case_id"].is_duplicated().any():
            raise CorpusInvariant("a case is twice in the corpus")
        met = len(expectations[0]) if expectations else 0
        return {"cases": height, "expectations_met": met, **_tiers(columns)}

    quarantined = stages.make(replace(month.derivation, stage="quarantined_cases"), quarantine)
    yield committed(context, quarantined, metadata={"reasons": quarantined.counts["reasons"]})
    try:
        corpus = month.commit(chunks, store)
    except Failure:
        yield AssetCheckResult(passed=False, check_name=_EXPECTATIONS, asset_key="gated_corpus")
        raise
    met = {"expectations_met": corpus.counts["expectations_met"]}
    yield AssetCheckResult(passed=True, check_name=_EXPECTATIONS, asset_key="gated_corpus", metadata=met)
    yield committed(context, corpus)


def _tiers(cases: pl.DataFrame) -> dict[str, int]:
    return {f"tier_{tier}": count for tier, count in sorted(cases["tier"].value_counts().iter_rows())}


@graph_multi_asset(
    name="gate",
    ins={
        "notes": AssetIn("deidentified_notes", dagster_type=Nothing),
        "synthetic": AssetIn("synthetic_cases", dagster_type=Nothing),
    },
    outs={
        "quarantined_cases": AssetOut(
            description="Stays that gave no case and cases that a gate failed: ids, reasons and findings, no text.",
            kinds={"parquet"},
        ),
        "gated_corpus": AssetOut(
            description="The month's cases that no gate failed, held to Great Expectations before they were stored.",
            kinds={"greatexpectations", "parquet"},
        ),
    },
    check_specs=[AssetCheckSpec(_EXPECTATIONS, asset="gated_corpus")],
    partitions_def=MONTHS,
    group_name="corpus",
)
def gate(notes: Any, synthetic: Any) -> Any:
    """Judge every stay by the five gates: it becomes a case or goes to quarantine, and none is lost."""
    chunks = _plan_gate(notes=notes, synthetic=synthetic).map(_gate_chunk)
    quarantined, expectations, corpus = commit_gate(chunks.collect())
    return {
        "quarantined_cases": quarantined,
        "gated_corpus": corpus,
        f"gated_corpus_{_EXPECTATIONS}": expectations,
    }


@asset(partitions_def=MONTHS, deps=["gated_corpus"], group_name="corpus", kinds={"parquet"})
def review_sample(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The month's cases that physicians are asked to read: a seeded share of every stratum, and more by risk."""

    def build(folder: Path) -> dict[str, Any]:
        sample = sample_for_review(
            source.table("cases"), settings.review_fraction, settings.review_risk_fraction, settings.seed
        )
        sample.write_parquet(folder / "cases.parquet")
        return {"cases": sample.height, "of": source.counts["cases"]}

    month = context.partition_key
    source = stages.get("gated_corpus", month)
    knobs = {
        "fraction": settings.review_fraction,
        "risk_fraction": settings.review_risk_fraction,
        "seed": settings.seed,
    }
    return materialised(
        context, stages.run("review_sample", month, rooms=_ROOMS, inputs={"cases": source}, settings=knobs, build=build)
    )
