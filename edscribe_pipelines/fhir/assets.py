"""The FHIR export as an asset."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetOut, OpExecutionContext

from edscribe_pipelines.fhir.models import Model, drafting_model
from edscribe_pipelines.fhir.month import export_rows
from edscribe_pipelines.fhir.ndjson import merge_folders
from edscribe_pipelines.orchestration.fan_out import Committing, FanOut, Month, fan_out_asset
from edscribe_pipelines.orchestration.reporting import committed


def _export(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    return export_rows(frame, month.source, month.derivation.table("gated_corpus", "cases"), folder, _drafted_by(month))


def _drafted_by(month: Month) -> Model | None:
    """Return the model that drafted the month's notes, if one did."""
    settings = month.stages.get("synthetic_cases", month.name).manifest["settings"]
    return drafting_model(settings["nim_model"]) if settings.get("nim_model") else None


def _commit(context: OpExecutionContext, month: Month, chunks: list[str]) -> Committing:
    """Put the chunks' resources together; what stays share stands once."""
    month.stages.verified(month.stages.get("gated_corpus", month.name))

    def build(folder: Path) -> dict[str, Any]:
        return merge_folders([Path(chunk) for chunk in chunks], folder)

    yield committed(context, month.commit(chunks, build))


fhir_export = fan_out_asset(
    "fhir_export",
    FanOut("fhir_export", rows=("deidentified_notes", "encounters"), work=_export),
    outs={
        "fhir_export": AssetOut(
            description="The month's encounters as validated FHIR R4, NDJSON per resource type. A Composition stands "
            "only where there is a gated note.",
            kinds={"json"},
        )
    },
    commit=_commit,
)
