"""Generated notes, their evaluation and the championship as assets."""

from functools import partial
from pathlib import Path

from dagster import AssetExecutionContext, MaterializeResult, MetadataValue, ResourceParam

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.evaluate.champion import Standing, champion_before
from edscribe_pipelines.evaluate.generated import System, generate_systems, same_base, test_cases
from edscribe_pipelines.evaluate.month import PAGE, report_month
from edscribe_pipelines.evaluate.settling import Trained, settle_month
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.partitions import split_partition
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import CHECKPOINT
from edscribe_pipelines.train.generate import base_of
from edscribe_pipelines.train.recipe import Recipe, load_recipe


@stage_asset("generated_notes", {"huggingface", "parquet"})
def generated_notes(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Notes for the test split by the base, by the adapter and by the champion of before, kept as they were written."""
    partition = context.partition_key
    recipe, trained = load_recipe(settings.recipe), stages.get("lora_checkpoint", partition)
    before = champion_of(stages, settings, partition, trained, recipe)
    knobs = knobs_of(recipe, before.label)
    build = partial(_generate, stages, settings, partition, before)
    return materialised(context, stages.run("generated_notes", partition, build, settings=knobs))


def knobs_of(recipe: Recipe, champion: str) -> dict[str, object]:
    """Return what generated notes follow from beside the adapter and the cases."""
    base = recipe.base.name
    how = recipe.model_dump(include={"generation", "thinking", "implementation"})
    return {**how, "base": base, "champion": champion}


def _generate(stages: Stages, settings: Settings, partition: str, before: Standing, folder: Path) -> dict[str, object]:
    month, name = split_partition(partition)
    specialty, recipe = find_specialty(name), load_recipe(settings.recipe)
    trained, source = stages.inputs("generated_notes", partition).values()
    home = trained.folder / CHECKPOINT
    systems = [System("base", None), System("adapter", home)]
    if before.checkpoint is not None:
        systems.append(System("champion", before.checkpoint))
    base = base_of(
        home,
        recipe,
        base_model=settings.base_model,
        packaged_bases=settings.packaged_bases,
        store=settings.store,
    )
    tested = test_cases(source.table("cases"), recipe, specialty, f"splits {month}")
    work = stages.work_folder("generated_notes", partition)
    return generate_systems(tested, systems, base, recipe, specialty, work, folder)


def champion_of(stages: Stages, settings: Settings, partition: str, trained: Result, recipe: Recipe) -> Standing:
    """Return the champion of before: the one of the first materialisation, while the adapter is the same.

    Notes that stand keep their champion, though its weights may be gone since another one was promoted.
    """
    month, name = split_partition(partition)
    standing = stages.find("generated_notes", partition)
    same = standing and standing.manifest["inputs"]["lora_checkpoint"] == trained.manifest["content"]
    known = standing.manifest["settings"]["champion"] if standing and same else None
    if known is not None:
        knobs = knobs_of(recipe, known)
        if stages.standing(stages.derive("generated_notes", partition, settings=knobs)):
            return Standing(None, known)
    before = champion_before(_registry(settings, name), settings.store, month, trained.manifest["content"], known)
    if before.checkpoint is not None and not same_base(before.checkpoint, trained.folder / CHECKPOINT):
        return Standing(None, f"not comparable: {before.label[:12]} belongs to another base")
    return before


@stage_asset("eval_report", {"html"})
def eval_report(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The figures of the generated notes, and one HTML page."""
    partition = context.partition_key
    month, name = split_partition(partition)
    specialty, recipe = find_specialty(name), load_recipe(settings.recipe)
    notes, trained, source = stages.inputs("eval_report", partition).values()
    cases, champion = source.table("cases"), notes.manifest["settings"]["champion"]
    build = partial(
        report_month,
        test_cases(cases, recipe, specialty, f"splits {month}"),
        notes.table("notes"),
        cases,
        trained.folder / CHECKPOINT,
        specialty,
        month=month,
        seed=settings.seed,
        champion=champion,
    )
    knobs = {"seed": settings.seed, "champion": champion}
    # The page shows the curve and the summary of the training, which stand beside the weights.
    shown = {"training": trained.manifest["stored"]}
    result = stages.run("eval_report", partition, build, settings=knobs, outside=shown)
    page = MetadataValue.url((result.folder / PAGE).absolute().as_uri())
    return materialised(context, result, metadata={"report": page})


@stage_asset("champion", {"json"})
def champion(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Whether the month's adapter replaces the one in use, and why."""
    partition = context.partition_key
    month, name = split_partition(partition)
    report, trained = stages.inputs("champion", partition).values()
    build = partial(
        settle_month,
        Trained(name, month, trained.folder / CHECKPOINT, trained.manifest["content"]),
        report.counts,
        _registry(settings, name),
        settings.store,
        report.manifest["settings"]["champion"],
    )
    return materialised(context, stages.run("champion", partition, build))


def _registry(settings: Settings, specialty: str) -> Path:
    return settings.store / "champions" / f"{specialty}.json"
