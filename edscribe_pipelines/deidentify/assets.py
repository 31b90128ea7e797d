"""De-identification as assets: the one door between the two zones, and its audit, which stays behind it."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetIn,
    AssetOut,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    graph_multi_asset,
    op,
)

from edscribe_pipelines.clinical.records import DeidentifiedNote
from edscribe_pipelines.deidentify.audit import AuditRow, vault_key
from edscribe_pipelines.deidentify.checking.canaries import check_canaries
from edscribe_pipelines.deidentify.checking.report import RunCounts, RunReport, write_report
from edscribe_pipelines.deidentify.encounters import deidentify_encounters
from edscribe_pipelines.deidentify.finding.engine import read_recognizers
from edscribe_pipelines.deidentify.k_anonymity import k_anonymity_summary, k_anonymity_table
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording
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

_AUDIT, _NOTES = "deidentification_audit", "deidentified_notes"
_CANARIES = "no_canary_survives"


def _derivation(stages: Stages, settings: Settings, month: str) -> Derivation:
    source = stages.get("encounters", month)
    return Derivation(_AUDIT, month, ("deidentify",), {"encounters": source}, settings.deidentification)


def _remover(settings: Settings) -> Remover:
    return Remover(read_recognizers(settings.recognizers) if settings.recognizers else ())


def _replacement(settings: Settings) -> Replacement:
    """Return what takes the place of PHI; its secret follows from the vault's key and is none of its bytes."""
    key = hmac.digest(vault_key(settings.phi_store), b"replacement", hashlib.sha256)
    return Replacement(Method(settings.deid_method), Wording(settings.deid_wording), key)


def _plant_canaries(month: Month, folder: Path) -> None:
    notes = pl.read_parquet(month.derivation.table("encounters", "encounters"), columns=["note"])["note"].drop_nulls()
    report = check_canaries(_remover(month.settings), month.settings.seed, notes.to_list())
    if report.survivors:
        raise CorpusInvariant(f"canaries survived de-identification: {', '.join(sorted(set(report.survivors)))}")
    write_json(folder / "canaries.json", report.planted_by_category)


def _deidentify(month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
    key = vault_key(month.settings.phi_store)
    made = partial(_remover, month.settings)
    rows, audit = deidentify_encounters(frame, key, _replacement(month.settings), made)
    rows.write_parquet(folder / "encounters.parquet")
    audit.write_parquet(folder / "audit.parquet")
    return {"notes": rows["note_origin"].count(), "stopped_by_gate": rows.filter(pl.col("phi_gate") == "fail").height}


_FAN_OUT = FanOut(
    derivation=_derivation,
    rows=lambda derivation: derivation.table("encounters", "encounters"),
    work=_deidentify,
    before=_plant_canaries,
    beside=(_NOTES,),
)
_plan = plan_op(_NOTES, _FAN_OUT, "encounters")
_chunk = chunk_op(_NOTES, _FAN_OUT)


@op(out={name: Out(Nothing) for name in (_CANARIES, _NOTES, _AUDIT)})
def commit_deidentified_notes(
    context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
) -> Iterator[AssetCheckResult | Output[None]]:
    """Put the chunks' rows together, in the order of the encounters, and the audit where PHI stays."""
    month = planned_month(context, _FAN_OUT, stages, settings, chunks)

    def release(folder: Path) -> dict[str, Any]:
        height = merge_table(chunks, "encounters", DeidentifiedNote, folder)
        report = _report(month, folder)
        removed = sum(report["detections"].values())
        planted = sum(report["canaries_planted"].values())
        bound = round(report["leakage_upper_bound_95"], 6)
        counts = {"phi_spans_removed": removed, "canaries_planted": planted, "leakage_upper_bound_95": bound}
        return {"encounters": height, **summed_counts(chunks), **counts}

    def audit(folder: Path) -> dict[str, Any]:
        height = merge_table(chunks, "audit", AuditRow, folder)
        encounters = pl.read_parquet(month.derivation.table("encounters", "encounters"))
        k_anonymity_table(encounters).write_parquet(folder / "k_anonymity.parquet")
        small = k_anonymity_summary(encounters)
        return {"spans": height, "k": small["k"], "groups": small["groups"], "small_groups": small["small_groups"]}

    notes = stages.make(replace(month.derivation, stage=_NOTES), release)
    claim = {"claim": read_json(notes.folder / "deidentification.json")["statement"]}
    yield AssetCheckResult(passed=True, check_name=_CANARIES, asset_key=_NOTES, metadata=claim)
    yield committed(context, notes)
    yield committed(context, month.commit(chunks, audit))


def _report(month: Month, folder: Path) -> RunReport:
    """Write the run's report beside its notes: counts over all of them."""
    rows = pl.read_parquet(folder / "encounters.parquet", columns=["phi_spans_removed", "phi_gate", "phi_gate_rules"])
    removed = rows.explode("phi_spans_removed")["phi_spans_removed"].drop_nulls().struct.unnest()
    hits = rows["phi_gate_rules"].explode().drop_nulls().value_counts()
    planted = read_json(month.before() / "canaries.json")
    counts: RunCounts = {
        "method": Method(month.settings.deid_method).label,
        "encounters": rows.height,
        "quarantined": rows.filter(pl.col("phi_gate") == "fail").height,
        "detections": dict(removed.group_by("type").sum().sort("type").iter_rows()) if removed.height else {},
        "gate_hits": dict(hits.sort("phi_gate_rules").iter_rows()),
        "detections_in_released": 0,
        "canaries_planted": planted,
        "canaries_survived": dict.fromkeys(planted, 0),
    }
    return write_report(counts, folder)


@graph_multi_asset(
    name="deidentify",
    ins={"encounters": AssetIn(dagster_type=Nothing)},
    outs={
        _NOTES: AssetOut(
            description="Encounters and their notes without PHI, each with the gate's verdict, and the run's report. "
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
    partitions_def=MONTHS,
    check_specs=[AssetCheckSpec(_CANARIES, asset=_NOTES)],
    group_name="deidentify",
)
def deidentify(encounters: Any) -> Any:
    """Take the identifiers out of a month's encounters; the only way from the PHI zone into the other."""
    canaries, notes, audit = commit_deidentified_notes(_plan(encounters=encounters).map(_chunk).collect())
    return {_NOTES: notes, _AUDIT: audit, f"{_NOTES}_{_CANARIES}": canaries}
