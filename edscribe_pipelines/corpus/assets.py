"""The corpus as assets: drafted, and what the gates let through sampled for review."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetExecutionContext,
    AssetIn,
    MaterializeResult,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    asset,
    graph_asset,
    op,
)

from edscribe_pipelines.clinical.records import Case, QuarantinedCase, to_frame
from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.facts import prompts
from edscribe_pipelines.corpus.review import sample_for_review
from edscribe_pipelines.corpus.synthesis import stays_to_synthesise, synthesise_cases
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
    source = stages.verified(stages.get("gated_corpus", month))
    knobs = {
        "fraction": settings.review_fraction,
        "risk_fraction": settings.review_risk_fraction,
        "seed": settings.seed,
    }
    return materialised(
        context, stages.run("review_sample", month, rooms=_ROOMS, inputs={"cases": source}, settings=knobs, build=build)
    )
