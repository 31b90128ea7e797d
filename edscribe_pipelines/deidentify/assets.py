"""De-identification as assets: the one door between the two zones, and its audit, which stays behind it."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetCheckResult, AssetCheckSpec, AssetOut, OpExecutionContext

from edscribe_pipelines.clinical.records import DeidentifiedNote
from edscribe_pipelines.deidentify.audit import AuditRow
from edscribe_pipelines.deidentify.month import deidentify_rows, plant_canaries, release, store_audit
from edscribe_pipelines.files import read_json
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

_AUDIT, _NOTES = "deidentification_audit", "deidentified_notes"
_CANARIES = "no_canary_survives"


def _plant_canaries(month: Month, folder: Path) -> None:
    plant_canaries(month.source, month.settings, folder)


def _deidentify(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    return deidentify_rows(frame, month.settings, folder)


def _commit(context: OpExecutionContext, month: Month, chunks: list[str]) -> Committing:
    """Put the chunks' rows together, in the order of the encounters, and the audit where PHI stays."""
    summed = summed_counts(chunks)

    def release_notes(folder: Path) -> dict[str, Any]:
        height = merge_table(chunks, "encounters", DeidentifiedNote, folder)
        detections = summed.get("detections_in_released", 0)
        return {"encounters": height, **summed, **release(month.before(), detections, month.settings, folder)}

    def audit(folder: Path) -> dict[str, Any]:
        height = merge_table(chunks, "audit", AuditRow, folder)
        return {"spans": height, **store_audit(month.source, folder)}

    notes = month.stages.make(month.derivation_of(_NOTES), release_notes)
    yield _verdict(notes)
    yield committed(context, notes, metadata={"wording": month.settings.deid_wording})
    yield committed(context, month.commit(chunks, audit))


def _verdict(notes: Result) -> AssetCheckResult:
    report = read_json(notes.folder / "deidentification.json")
    left = report["detections_in_released"] + sum(report["canaries_survived"].values())
    claim = {"claim": report["statement"]}
    return AssetCheckResult(passed=left == 0, check_name=_CANARIES, asset_key=_NOTES, metadata=claim)


deidentify = fan_out_asset(
    "deidentify",
    FanOut(
        _AUDIT,
        rows=("encounters", "encounters"),
        work=_deidentify,
        before=_plant_canaries,
        knobs=lambda settings: settings.deidentification,
        beside=(_NOTES,),
    ),
    outs={
        _NOTES: AssetOut(
            description="Encounters and their notes without PHI, each with the gate's verdict, and the run's report. "
            "Invented values stand for what was removed, the same in all notes of a patient, and each row names its "
            "own; EDSCRIBE_DEID_WORDING=tags writes its type instead. "
            "Invented identifiers of every Safe Harbor category are planted in each run; one that survives fails the "
            "run. A row that the gate stops keeps its ids and loses its text.",
            kinds={"polars", "parquet"},
        ),
        _AUDIT: AssetOut(
            description="What was removed where, without what it was: offsets, category, rule, keyed hash; and how "
            "many patients share age band, sex, ZIP3 and year. It stays in the PHI zone.",
            kinds={"parquet"},
        ),
    },
    commit=_commit,
    checks=[
        AssetCheckSpec(
            _CANARIES,
            asset=_NOTES,
            blocking=True,
            description="No planted identifier survives, and the gate finds nothing in the rows as they were stored.",
        )
    ],
)
