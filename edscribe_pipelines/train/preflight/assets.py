"""The preflight as an asset, before the one that takes the accelerator."""

from functools import partial
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, MaterializeResult, MetadataValue, ResourceParam

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.files import read_json
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.partitions import split_partition
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import state_of
from edscribe_pipelines.train.preflight import disk
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.histogram import as_markdown
from edscribe_pipelines.train.preflight.report import PICTURE, REPORT, PreflightReport, refuse, write_report
from edscribe_pipelines.train.preflight.run import run_preflight
from edscribe_pipelines.train.recipe import Recipe, load_recipe


@stage_asset("training_preflight", {"huggingface", "json"})
def training_preflight(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """What would go wrong with the training of this adapter, found before an accelerator is taken.

    Base weights, tokenizer, lengths of the cases, LoRA targets, memory (an estimate) and disk. It fails with all that
    is wrong in one message, so that nothing after it starts; what is merely doubtful is a warning in the log.
    """
    month, specialty = split_partition(context.partition_key)
    where, recipe = f"training_preflight {month} {specialty}", load_recipe(settings.recipe)
    _refuse_full_disk(where, disk.least_disk(recipe, settings.store), settings.store)
    result = stages.run(
        "training_preflight",
        context.partition_key,
        partial(_check, context, stages.get("splits", month), settings, recipe, where),
        settings={"recipe": recipe.model_dump()},
        outside={"base": state_of(recipe, settings.base_model)},
    )
    report = PreflightReport(tuple(Check(**row) for row in read_json(result.folder / REPORT)))
    if result.reused:
        _log_warnings(context, report)
        # All else follows from what has not changed; the disk may have filled since.
        _refuse_full_disk(where, report.figures(disk.NAME)["needed_bytes"], settings.store)
    picture = as_markdown((result.folder / PICTURE).read_bytes())
    shown = {"checks": MetadataValue.md(report.as_markdown()), "lengths": MetadataValue.md(picture)}
    return materialised(context, result, metadata=shown)


def _check(
    context: AssetExecutionContext, source: Result, settings: Settings, recipe: Recipe, where: str, folder: Path
) -> dict[str, Any]:
    _, specialty = split_partition(context.partition_key)
    report = run_preflight(
        source.table("cases"),
        recipe,
        find_specialty(specialty),
        base_model=settings.base_model,
        packaged_bases=settings.packaged_bases,
        store=settings.store,
    )
    _log_warnings(context, report)
    refuse(where, report.refusals)
    write_report(folder, report)
    return {verdict: len(report.of(verdict)) for verdict in ("passed", "warned", "not_applicable")}


def _log_warnings(context: AssetExecutionContext, report: PreflightReport) -> None:
    for check in report.of("warned"):
        context.log.warning(f"training_preflight: {check.name}: {check.message}. {check.remedy}")


def _refuse_full_disk(where: str, needed: int, store: Path) -> None:
    refuse(where, PreflightReport((disk.check_disk(needed, store),)).refusals)
