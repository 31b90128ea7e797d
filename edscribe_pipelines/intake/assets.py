"""Intake as assets. Everything here stays in the PHI zone."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, MaterializeResult, ResourceParam, asset

from edscribe_pipelines.clinical.records import PhiEncounter, to_frame
from edscribe_pipelines.intake.arrived import new_release, new_rows
from edscribe_pipelines.intake.feedback import RawFeedback, feedback_encounters, read_feedback
from edscribe_pipelines.intake.id_vault import IdVault
from edscribe_pipelines.intake.mimic.encounters import Intake, build_encounters
from edscribe_pipelines.intake.mimic.raw_tables import scan_stored, store_release
from edscribe_pipelines.intake.mimic.release import data_use_of
from edscribe_pipelines.intake.notes.encounters import RawNote, count_refusals, note_encounters, read_notes
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Result, Stages
from edscribe_pipelines.settings import Settings

_ROOMS = ("intake",)


@asset(partitions_def=MONTHS, group_name="intake", kinds={"parquet"})
def raw_mimic(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The MIMIC-IV-ED release that arrived in this month, as it came, with the ages of MIMIC-IV and the discharge
    summaries of MIMIC-IV-Note that stood beside it. Most months have none."""

    def build(folder: Path) -> dict[str, Any]:
        assert settings.mimic_dir is not None
        rows = store_release(settings.mimic_dir, folder)
        return {"releases": 1, "data_use": data_use_of(settings.mimic_dir), **rows}

    month = context.partition_key
    release = new_release(settings.mimic_dir, month, _register(settings))
    return materialised(context, _take(stages, settings, "raw_mimic", month, release, build))


@asset(partitions_def=MONTHS, group_name="intake", kinds={"parquet"})
def raw_physician_notes(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The physicians' own notes that arrived in this month, as they came, and what could not be taken in.

    `refused_…` count the latter by reason; the column `place` of the table in the PHI zone tells file and line.
    """
    month = context.partition_key
    rows = None
    if settings.notes_dir is not None:
        notes = read_notes(settings.notes_dir, settings.notes_authorisation)
        rows = new_rows(notes, "note", month, _register(settings))
    taken = _take_rows(stages, settings, "raw_physician_notes", month, rows, RawNote, count_refusals)
    return materialised(context, taken)


@asset(partitions_def=MONTHS, group_name="intake", kinds={"parquet"})
def physician_feedback(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The physicians' ratings and corrections of notes that arrived in this month."""
    month = context.partition_key
    rows = new_rows(read_feedback(settings.feedback_inbox), "feedback", month, _register(settings))
    arrived = None if rows.is_empty() else rows
    return materialised(context, _take_rows(stages, settings, "physician_feedback", month, arrived, RawFeedback))


@asset(
    partitions_def=MONTHS,
    deps=[raw_mimic, raw_physician_notes, physician_feedback],
    group_name="intake",
    kinds={"polars", "parquet"},
)
def encounters(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """One row a stay: what is recorded about it, typed and in one unit, with what identifies it beside.

    Values that cannot be true are set aside with a reason; `problems` names their table, row and column.
    """
    month = context.partition_key
    inputs = {name: stages.get(name, month) for name in ("raw_mimic", "raw_physician_notes", "physician_feedback")}
    earlier = _earlier_encounters(stages, month) if inputs["physician_feedback"].counts["rows"] else {}

    def build(folder: Path) -> dict[str, Any]:
        vault = IdVault(settings.phi_store / "id_vault.sqlite")
        mimic = _mimic_encounters(inputs["raw_mimic"], vault)
        own = pl.concat([mimic.encounters, note_encounters(inputs["raw_physician_notes"].table("rows"), vault)])
        known = pl.concat([*(result.table("encounters") for result in earlier.values()), own])
        corrected = feedback_encounters(inputs["physician_feedback"].table("rows"), known, vault)
        rows = pl.concat([own, corrected])
        rows.write_parquet(folder / "encounters.parquet")
        mimic.problems.write_parquet(folder / "problems.parquet")
        return {
            "encounters": rows.height,
            "patients": rows["patient_key"].n_unique(),
            "from_mimic": mimic.encounters.height,
            "from_notes": own.height - mimic.encounters.height,
            "from_feedback": corrected.height,
            "values_set_aside": mimic.problems.height,
            **mimic.counts,
        }

    return materialised(
        context, stages.run("encounters", month, rooms=_ROOMS, inputs=inputs | earlier, settings={}, build=build)
    )


def _register(settings: Settings) -> Path:
    return settings.phi_store / "arrivals.sqlite"


def _take_rows(
    stages: Stages,
    settings: Settings,
    stage: str,
    month: str,
    rows: pl.DataFrame | None,
    record: type,
    count: Callable[[pl.DataFrame], dict[str, int]] = lambda _: {},
) -> Result:
    table = to_frame(record, []) if rows is None else rows

    def build(folder: Path) -> dict[str, Any]:
        table.write_parquet(folder / "rows.parquet")
        return {"rows": table.height, **count(table)}

    content = None if rows is None else hashlib.sha256(rows.write_ndjson().encode()).hexdigest()
    return _take(stages, settings, stage, month, content, build)


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
    if content is None and stage == "raw_mimic":
        build = _no_release
    return stages.run(stage, month, rooms=_ROOMS, inputs={"arrived": content or "nothing"}, settings={}, build=build)


def _no_release(folder: Path) -> dict[str, Any]:
    return {"releases": 0}


def _mimic_encounters(raw: Result, vault: IdVault) -> Intake:
    if raw.counts["releases"] == 0:
        return Intake(to_frame(PhiEncounter, []), pl.DataFrame(), {})
    return build_encounters(scan_stored(raw.folder), vault, raw.counts["data_use"])


def _earlier_encounters(stages: Stages, month: str) -> dict[str, Result]:
    earlier = [each for each in stages.partitions("encounters") if each < month]
    return {f"encounters:{each}": stages.get("encounters", each) for each in earlier}
