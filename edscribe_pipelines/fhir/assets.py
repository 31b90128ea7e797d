"""The FHIR export as an asset."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetIn, Nothing, OpExecutionContext, Out, Output, ResourceParam, graph_asset, op

from edscribe_pipelines.fhir.composition import Note
from edscribe_pipelines.fhir.export import export_ndjson
from edscribe_pipelines.fhir.ndjson import merge_folders
from edscribe_pipelines.orchestration.fan_out import FanOut, Month, chunk_op, plan_op, planned_month
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import committed
from edscribe_pipelines.orchestration.stages import Derivation, Stages
from edscribe_pipelines.settings import Settings


def _derivation(stages: Stages, settings: Settings, month: str) -> Derivation:
    inputs = {name: stages.get(name, month) for name in ("deidentified_notes", "gated_corpus")}
    return Derivation("fhir_export", month, ("fhir",), inputs, {})


def _export(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    cases = pl.scan_parquet(month.derivation.table("gated_corpus", "cases"))
    columns = cases.select("encounter_id", "completion", "case_id", "note_origin", "tier")
    gated = columns.join(frame.lazy().select("encounter_id"), on="encounter_id", how="semi").collect()
    notes = {encounter_id: Note(*note) for encounter_id, *note in gated.iter_rows()}
    return export_ndjson(frame.filter(pl.col("phi_gate") == "pass").iter_rows(named=True), notes, folder)


_FAN_OUT = FanOut(
    derivation=_derivation, rows=lambda derivation: derivation.table("deidentified_notes", "encounters"), work=_export
)
_plan = plan_op("fhir_export", _FAN_OUT, "notes", "corpus")
_chunk = chunk_op("fhir_export", _FAN_OUT)


@op(out={"fhir_export": Out(Nothing)})
def commit_fhir_export(
    context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
) -> Iterator[Output[None]]:
    """Put the chunks' resources together; what stays share stands once."""
    month = planned_month(context, _FAN_OUT, stages, settings, chunks)
    stages.verified(stages.get("gated_corpus", month.name))

    def build(folder: Path) -> dict[str, Any]:
        return merge_folders([Path(chunk) for chunk in chunks], folder)

    yield committed(context, month.commit(chunks, build))


@graph_asset(
    ins={
        "notes": AssetIn("deidentified_notes", dagster_type=Nothing),
        "corpus": AssetIn("gated_corpus", dagster_type=Nothing),
    },
    partitions_def=MONTHS,
    group_name="fhir",
    kinds={"json"},
)
def fhir_export(notes: Any, corpus: Any) -> Any:
    """The month's encounters as validated FHIR R4, NDJSON per resource type.

    A Composition stands only where there is a gated note.
    """
    return commit_fhir_export(_plan(notes=notes, corpus=corpus).map(_chunk).collect())
