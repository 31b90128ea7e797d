"""De-identification as an asset: the one door between the two zones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetIn,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    graph_asset,
    op,
)

from edscribe_pipelines.clinical.records import DeidentifiedNote
from edscribe_pipelines.deidentify.checking.canaries import check_canaries
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.errors import CorpusInvariant
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.orchestration.fan_out import (
    FanOut,
    Month,
    chunk_op,
    merge_table,
    plan_op,
    planned_month,
    summed_counts,
)
from edscribe_pipelines.orchestration.partitions import MONTHS
from edscribe_pipelines.orchestration.reporting import committed
from edscribe_pipelines.orchestration.stages import Derivation, Stages
from edscribe_pipelines.settings import Settings

_STAGE = "deidentified_notes"
_CANARIES = "no_canary_survives"


def _derivation(stages: Stages, settings: Settings, month: str) -> Derivation:
    source = stages.get("encounters", month)
    return Derivation(_STAGE, month, ("deidentify",), {"encounters": source}, {"seed": settings.seed})


def _plant_canaries(month: Month, folder: Path) -> None:
    report = check_canaries(Remover(), month.settings.seed)
    if report.survivors:
        raise CorpusInvariant(f"canaries survived de-identification: {', '.join(sorted(set(report.survivors)))}")
    write_json(folder / "canaries.json", {"canaries_planted": report.planted, "canaries_survived": 0})


def _deidentify(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    rows = deidentify_encounters(frame)
    rows.write_parquet(folder / "encounters.parquet")
    return {
        "notes": rows["note_origin"].count(),
        "phi_spans_removed": int(rows.explode("phi_spans_removed")["phi_spans_removed"].struct.field("count").sum()),
        "stopped_by_gate": rows.filter(pl.col("phi_gate") == "fail").height,
    }


_FAN_OUT = FanOut(
    derivation=_derivation,
    rows=lambda derivation: derivation.table("encounters", "encounters"),
    work=_deidentify,
    before=_plant_canaries,
)
_plan = plan_op(_STAGE, _FAN_OUT, "encounters")
_chunk = chunk_op(_STAGE, _FAN_OUT)


@op(out={_STAGE: Out(Nothing), _CANARIES: Out(Nothing)})
def commit_deidentified_notes(
    context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
) -> Iterator[AssetCheckResult | Output[None]]:
    """Put the chunks' rows together, in the order of the encounters."""
    month = planned_month(context, _FAN_OUT, stages, settings, chunks)

    def build(folder: Path) -> dict[str, Any]:
        height = merge_table(chunks, "encounters", DeidentifiedNote, folder)
        return {"encounters": height, **read_json(month.before() / "canaries.json"), **summed_counts(chunks)}

    result = month.commit(chunks, build)
    planted = {"planted": result.counts["canaries_planted"]}
    yield AssetCheckResult(passed=True, check_name=_CANARIES, asset_key=_STAGE, metadata=planted)
    yield committed(context, result)


@graph_asset(
    ins={"encounters": AssetIn(dagster_type=Nothing)},
    partitions_def=MONTHS,
    check_specs=[AssetCheckSpec(_CANARIES, asset=_STAGE)],
    group_name="deidentify",
    kinds={"polars", "parquet"},
)
def deidentified_notes(encounters: Any) -> Any:
    """Encounters and their notes without PHI, each with the gate's verdict.

    Invented identifiers of every Safe Harbor category are planted in each run; one that survives fails
    the run. A row that the gate stops keeps its ids and loses its text.
    """
    notes, canaries = commit_deidentified_notes(_plan(encounters=encounters).map(_chunk).collect())
    return {"result": notes, f"{_STAGE}_{_CANARIES}": canaries}
