"""The corpus as assets: drafted, and what the gates let through sampled for review."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, AssetOut, MaterializeResult, OpExecutionContext, ResourceParam

from edscribe_pipelines.clinical.records import Case, QuarantinedCase
from edscribe_pipelines.corpus.review import sample_for_review
from edscribe_pipelines.corpus.synthetic import draft_first, drafting_counts, render_others
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.fan_out import Committing, FanOut, Month, fan_out_asset, merge_table
from edscribe_pipelines.orchestration.reporting import committed, materialised
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

_DRAFTED = ("drafting", "acceptance")


def _draft(month: Month, folder: Path) -> None:
    draft_first(month.source, month.settings, month.log, folder)


def _render(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    render_others(frame, month.before(), folder)
    return {}


def _commit(context: OpExecutionContext, month: Month, chunks: list[str]) -> Committing:
    """Put the drafted cases and the chunks' rendered ones together."""

    def build(folder: Path) -> dict[str, Any]:
        parts = [str(month.before()), *chunks]
        cases = merge_table(parts, "cases", Case, folder)
        refused = merge_table(parts, "refused", QuarantinedCase, folder)
        return {"cases": cases, "refused": refused, **drafting_counts(month.before())}

    result = month.commit(chunks, build)
    drafted: dict[str, Any] = {name: result.counts[name] for name in _DRAFTED if name in result.counts}
    yield committed(context, result, metadata=drafted)


synthetic_cases = fan_out_asset(
    "synthetic_cases",
    FanOut(
        "synthetic_cases",
        rows=("deidentified_notes", "encounters"),
        work=_render,
        before=_draft,
        knobs=lambda settings: settings.drafting,
    ),
    outs={
        "synthetic_cases": AssetOut(
            description="A case for each stay without a note of its own: drafted by a model behind a NIM endpoint "
            "where one is set and the stay may go there, else rendered from its facts by the template. Stays that "
            "cannot make an honest case are refused with their reasons.",
            kinds={"polars", "parquet"},
        )
    },
    commit=_commit,
)


@stage_asset("review_sample", {"parquet"})
def review_sample(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The month's cases that physicians are asked to read: a seeded share of every stratum, and more by risk."""
    month = context.partition_key
    source = stages.verified(stages.get("gated_corpus", month))
    fraction, risk_fraction, seed = settings.review_fraction, settings.review_risk_fraction, settings.seed

    def build(folder: Path) -> dict[str, Any]:
        sample = sample_for_review(source.table("cases"), fraction, risk_fraction, seed)
        sample.write_parquet(folder / "cases.parquet")
        return {"cases": sample.height, "of": source.counts["cases"]}

    knobs = {"fraction": fraction, "risk_fraction": risk_fraction, "seed": seed}
    return materialised(context, stages.run("review_sample", month, build, settings=knobs))
