"""De-identification as an asset: the one door between the two zones."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
    asset,
)

from edscribe_pipelines.deidentify.canaries import check_canaries
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.intake.assets import encounters
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Stages
from edscribe_pipelines.settings import Settings

_CANARIES = "no_canary_survives"


@asset(
    partitions_def=MONTHS,
    deps=[encounters],
    check_specs=[AssetCheckSpec(_CANARIES, asset="deidentified_notes")],
    group_name="deidentify",
    kinds={"polars", "parquet"},
)
def deidentified_notes(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Encounters and their notes without PHI, each with the gate's verdict.

    Invented identifiers of every Safe Harbor category are planted in each run; one that survives fails
    the run. A row that the gate stops keeps its ids and loses its text.
    """

    def build(folder: Path) -> dict[str, Any]:
        report = check_canaries(Remover(), settings.seed)
        if report.survivors:
            raise CorpusInvariant(f"canaries survived de-identification: {', '.join(sorted(set(report.survivors)))}")
        rows = deidentify_encounters(source.table("encounters"))
        rows.write_parquet(folder / "encounters.parquet")
        removed = rows.explode("phi_spans_removed")["phi_spans_removed"].struct.field("count").sum()
        return {
            "encounters": rows.height,
            "notes": rows["note_origin"].count(),
            "canaries_planted": report.planted,
            "canaries_survived": 0,
            "phi_spans_removed": removed,
            "stopped_by_gate": rows.filter(pl.col("phi_gate") == "fail").height,
        }

    month = context.partition_key
    source = stages.get("encounters", month)
    result = stages.run(
        "deidentified_notes",
        month,
        rooms=("deidentify",),
        inputs={"encounters": source},
        settings={"seed": settings.seed},
        build=build,
    )
    planted = {"planted": result.counts["canaries_planted"]}
    canaries = AssetCheckResult(passed=True, check_name=_CANARIES, metadata=planted)
    return materialised(context, result, checks=[canaries])
