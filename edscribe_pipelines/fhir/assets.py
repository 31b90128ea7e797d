"""The FHIR export as an asset."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, MaterializeResult, ResourceParam, asset

from edscribe_pipelines.clinical.records import GatedCase, rows_of
from edscribe_pipelines.deidentify.assets import deidentified_notes
from edscribe_pipelines.fhir.composition import Note
from edscribe_pipelines.fhir.export import export_ndjson
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Stages


@asset(partitions_def=MONTHS, deps=[deidentified_notes, "gated_corpus"], group_name="fhir", kinds={"json"})
def fhir_export(context: AssetExecutionContext, stages: ResourceParam[Stages]) -> MaterializeResult:
    """The month's encounters as validated FHIR R4, NDJSON per resource type.

    A Composition stands only where there is a gated note.
    """
    month = context.partition_key
    inputs = {name: stages.get(name, month) for name in ("deidentified_notes", "gated_corpus")}

    def build(folder: Path) -> dict[str, Any]:
        cases = rows_of(GatedCase, inputs["gated_corpus"].table("cases"))
        notes = {case["encounter_id"]: _note(case) for case in cases}
        encounters = inputs["deidentified_notes"].table("encounters").filter(pl.col("phi_gate") == "pass")
        return export_ndjson(encounters.iter_rows(named=True), notes, folder)

    return materialised(
        context, stages.run("fhir_export", month, rooms=("fhir",), inputs=inputs, settings={}, build=build)
    )


def _note(case: GatedCase) -> Note:
    return Note(case["completion"], case["case_id"], case["note_origin"], case["tier"])
