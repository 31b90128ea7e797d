"""Intake as assets. Everything here stays in the PHI zone."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, MaterializeResult, ResourceParam

from edscribe_pipelines.intake.arrived import new_release, new_rows
from edscribe_pipelines.intake.feedback import RawFeedback, read_feedback
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.month import make_encounters
from edscribe_pipelines.intake.notes.encounters import RawNote, count_refusals, read_notes
from edscribe_pipelines.intake.taking import take_release, take_rows
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages, unquoted
from edscribe_pipelines.settings import Settings


@stage_asset("raw_mimic", {"parquet"})
def raw_mimic(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The MIMIC-IV-ED release that arrived in this month, as it came, with the ages of MIMIC-IV and the discharge
    summaries of MIMIC-IV-Note that stood beside it. Most months have none."""
    month = context.partition_key
    content = new_release(settings.mimic_dir, month, _register(settings))
    build = partial(take_release, settings.mimic_dir if content else None)
    return materialised(context, _take(stages, settings, "raw_mimic", month, content, build))


@stage_asset("raw_physician_notes", {"parquet"})
def raw_physician_notes(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The physicians' own notes that arrived in this month, as they came, and what could not be taken in.

    `refused_…` count the latter by reason; the column `place` of the table in the PHI zone tells file and line.
    """
    month = context.partition_key
    rows = None
    if settings.notes_dir is not None:
        with unquoted("raw_physician_notes"):
            notes = read_notes(settings.notes_dir, settings.notes_authorisation)
            rows = new_rows(notes, "note", month, _register(settings))
    build = partial(take_rows, rows, RawNote, count=count_refusals)
    return materialised(context, _take(stages, settings, "raw_physician_notes", month, _content(rows), build))


@stage_asset("physician_feedback", {"parquet"})
def physician_feedback(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The physicians' ratings and corrections of notes that arrived in this month."""
    month = context.partition_key
    with unquoted("physician_feedback"):
        rows = new_rows(read_feedback(settings.feedback_inbox), "feedback", month, _register(settings))
    arrived = None if rows.is_empty() else rows
    build = partial(take_rows, arrived, RawFeedback)
    return materialised(context, _take(stages, settings, "physician_feedback", month, _content(arrived), build))


@stage_asset("encounters", {"polars", "parquet"})
def encounters(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """One row a stay: what is recorded about it, typed and in one unit, with what identifies it beside.

    Values that cannot be true are set aside with a reason; `problems` names their table, row and column.
    """
    month = context.partition_key
    inputs = stages.inputs("encounters", month)
    release, notes, feedback = inputs.values()
    earlier = _earlier_encounters(stages, month) if feedback.counts["rows"] else {}

    def build(folder: Path) -> dict[str, Any]:
        return make_encounters(
            (release.folder, release.counts),
            notes.table("rows"),
            feedback.table("rows"),
            [result.table("encounters") for result in earlier.values()],
            IdVault(settings.phi_store / "id_vault.sqlite"),
            folder,
        )

    return materialised(context, stages.run("encounters", month, build, inputs=inputs | earlier))


def _register(settings: Settings) -> Path:
    return settings.phi_store / "arrivals.sqlite"


def _content(rows: pl.DataFrame | None) -> str | None:
    return None if rows is None else hashlib.sha256(rows.write_ndjson().encode()).hexdigest()


def _take(
    stages: Stages,
    settings: Settings,
    stage: str,
    month: str,
    content: str | None,
    build: Callable[[Path], Mapping[str, Any]],
) -> Result:
    """Store what arrived; where nothing did, keep what the month took before unless inputs are complete."""
    standing = stages.find(stage, month)
    if content is None and standing is not None and not settings.inputs_complete:
        return standing
    return stages.run(stage, month, build, outside={"arrived": content or "nothing"})


def _earlier_encounters(stages: Stages, month: str) -> dict[str, Result]:
    earlier = [each for each in stages.partitions("encounters") if each < month]
    return {f"encounters:{each}": stages.get("encounters", each) for each in earlier}
