"""The gate as assets: the month's corpus and its quarantine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetOut,
    Failure,
    MetadataValue,
    OpExecutionContext,
)

from edscribe_pipelines.clinical.records import GatedCase, QuarantinedCase
from edscribe_pipelines.clinical.register.rules import expired, register
from edscribe_pipelines.corpus.gating import expectations_page, quarantine_page
from edscribe_pipelines.corpus.gating.commit import store_corpus, store_quarantine
from edscribe_pipelines.corpus.gating.expectations import WARNINGS
from edscribe_pipelines.corpus.gating.store import read_held, store_chunk, warned
from edscribe_pipelines.errors import ExpectationsNotMet
from edscribe_pipelines.orchestration.fan_out import (
    Committing,
    FanOut,
    Month,
    fan_out_asset,
    merge_table,
    summed_counts,
)
from edscribe_pipelines.orchestration.reporting import committed
from edscribe_pipelines.results.result import Result

_CORPUS, _QUARANTINE = "gated_corpus", "quarantined_cases"
_EXPECTATIONS = "great_expectations"


def _judge(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    cases, refused = (_of(month, frame, table) for table in ("cases", "refused"))
    return {"cases": store_chunk(frame, cases, refused, folder)}


def _of(month: Month, stays: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the rows of a table of `synthetic_cases` that belong to `stays`."""
    rows = pl.scan_parquet(month.derivation.table("synthetic_cases", table))
    ids = stays.lazy().select("encounter_id")
    return rows.join(ids, on="encounter_id", how="semi", maintain_order="left").collect()


def _commit(context: OpExecutionContext, month: Month, chunks: list[str]) -> Committing:
    """Store the quarantine first, and the corpus only where every expectation that must be met is met."""
    folders = [Path(chunk) for chunk in chunks]

    def quarantine(folder: Path) -> dict[str, Any]:
        merge_table(chunks, "quarantined", QuarantinedCase, folder, name="cases")
        return store_quarantine(month.name, folders, folder)

    def corpus(folder: Path) -> dict[str, Any]:
        merge_table(chunks, "cases", GatedCase, folder)
        return store_corpus(month.name, folders, month.source, summed_counts(chunks).get("cases", 0), folder)

    quarantined = month.stages.verified(month.stages.make(month.derivation_of(_QUARANTINE), quarantine))
    page = MetadataValue.path(quarantined.folder / quarantine_page.PAGE)
    shown = {name: quarantined.counts[name] for name in ("reasons", "findings")}
    yield committed(context, quarantined, metadata={**shown, "page": page})
    try:
        gated = month.stages.verified(month.commit(chunks, corpus))
    except ExpectationsNotMet as error:
        not_met = {"not_met": list(error.names)}
        yield AssetCheckResult(passed=False, check_name=_EXPECTATIONS, asset_key=_CORPUS, metadata=not_met)
        raise Failure(str(error), metadata=not_met, allow_retries=False) from None
    yield from _checks(gated)
    page = MetadataValue.path(gated.folder / expectations_page.PAGE)
    overdue = len(expired(register(), datetime.now(UTC).date()))
    shown = {"findings": gated.counts["findings"], "expectations": page, "rules_expired": overdue}
    yield committed(context, gated, metadata=shown)


def _checks(corpus: Result) -> Iterator[AssetCheckResult]:
    met = {"expectations_met": corpus.counts["expectations_met"]}
    yield AssetCheckResult(passed=True, check_name=_EXPECTATIONS, asset_key=_CORPUS, metadata=met)
    for name, (passed, figures) in warned(read_held(corpus.folder)).items():
        yield AssetCheckResult(
            passed=passed, check_name=name, asset_key=_CORPUS, severity=AssetCheckSeverity.WARN, metadata=figures
        )


gate = fan_out_asset(
    "gate",
    FanOut(_CORPUS, rows=("deidentified_notes", "encounters"), work=_judge, beside=(_QUARANTINE,)),
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
    commit=_commit,
    checks=[AssetCheckSpec(name, asset=_CORPUS) for name in (_EXPECTATIONS, *WARNINGS)],
)
