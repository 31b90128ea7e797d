"""Training as assets. NeMo runs in a process of its own; this one watches it."""

from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, MaterializeResult, MetadataValue, ResourceParam

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.partitions import split_partition
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.results.result import Derivation, Result, code_version
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import CHECKPOINT, Weights, find_base
from edscribe_pipelines.train.curves import as_markdown, draw_curves
from edscribe_pipelines.train.package import CURVES, write_package
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.provenance import Origin, git_commit
from edscribe_pipelines.train.recipe import Recipe, load_recipe
from edscribe_pipelines.train.tracking import Tracker, track


@stage_asset("lora_checkpoint", {"nemo", "pytorch", "huggingface"})
def lora_checkpoint(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """A LoRA adapter trained by NVIDIA NeMo AutoModel on the month's training split, as HF PEFT.

    Its figures go to MLflow while it trains. A killed run goes on from its last checkpoint when it is started again.
    """
    partition = context.partition_key
    recipe, source = load_recipe(settings.recipe), stages.inputs("lora_checkpoint", partition)["splits"]
    weights = find_base(
        recipe, base_model=settings.base_model, packaged_bases=settings.packaged_bases, store=settings.store
    )
    if not source.counts["train_cases"]:
        where = f"splits {source.manifest['partition']}"
        raise BadInput(where, "no training case", remedy="Materialise the corpus with stays in it first.")
    knobs = {"recipe": recipe.decisive, "seed": settings.seed}
    derivation = stages.derive("lora_checkpoint", partition, settings=knobs, outside={"base": weights.sha256})
    # A killed training goes on only where code and inputs are the same.
    stages.clear_stale_parts(derivation)
    work = stages.parts_folder(derivation)
    tracker = _tracker(context, settings, derivation, source, recipe)
    result = stages.make(derivation, partial(_train, context, settings, source, recipe, weights, work, tracker))
    stages.clear_work(derivation)
    return materialised(context, result)


def _train(
    context: AssetExecutionContext,
    settings: Settings,
    source: Result,
    recipe: Recipe,
    weights: Weights,
    work: Path,
    tracked: AbstractContextManager[Tracker],
    folder: Path,
) -> dict[str, Any]:
    """Train into `folder` and return the counts; the curves go to MLflow with the figures."""
    checkpoint, (_, name) = folder / CHECKPOINT, split_partition(context.partition_key)
    with tracked as tracker:
        summary = train_adapter(
            source.table("cases"),
            recipe,
            work,
            checkpoint,
            _Progress(context, recipe.log_every, tracker.log),
            specialty=find_specialty(name),
            seed=settings.seed,
            weights=weights,
        )
        curves = work / CURVES
        curves.write_bytes(draw_curves(event for _, event in read_jsonl(checkpoint / "training.jsonl")))
        tracker.finish({key: value for key, value in summary.items() if isinstance(value, int | float)}, [curves])
    return {**summary, "mlflow_run": tracker.run_id or "not recorded"}


def _tracker(
    context: AssetExecutionContext, settings: Settings, derivation: Derivation, source: Result, recipe: Recipe
) -> AbstractContextManager[Tracker]:
    _, name = split_partition(context.partition_key)
    tags = {
        "data_version": source.manifest["content"],
        "code_version": code_version("lora_checkpoint"),
        "git_commit": git_commit(),
        "base_model": recipe.base.name,
        "dagster_run_id": context.run_id,
    }
    return track(
        settings.mlflow_uri or f"sqlite:///{settings.store.absolute()}/mlflow.db",
        name,
        context.partition_key,
        job=derivation.fingerprint,
        parameters=recipe.model_dump(mode="json"),
        tags=tags,
        warn=context.log.warning,
    )


@stage_asset("model_card", {"huggingface"})
def model_card(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The adapter as it is handed on: with model card, licence and hashes, and the curves of its training."""
    partition = context.partition_key
    _, name = split_partition(partition)
    checkpoint, source = stages.inputs("model_card", partition).values()
    recipe = load_recipe(settings.recipe)
    learned = checkpoint.manifest
    if (learned["settings"]["recipe"], learned["inputs"]["splits"]) != (recipe.decisive, source.manifest["content"]):
        problem = "its adapter learned by another recipe or from other splits than those of now"
        raise BadInput(f"lora_checkpoint {partition}", problem, remedy="Materialise lora_checkpoint first.")
    build = partial(
        write_package,
        checkpoint.folder / CHECKPOINT,
        source.table("cases"),
        recipe,
        find_specialty(name),
        Origin(_months(source), source.manifest["content"], learned["code"]),
    )
    trained = {"trained": learned["stored"], "code": learned["code"]}
    knobs = {"recipe": recipe.model_dump()}
    result = stages.run("model_card", partition, build, settings=knobs, outside=trained)
    curves = MetadataValue.md(as_markdown((result.folder / CURVES).read_bytes()))
    return materialised(context, result, metadata={"curves": curves})


def _months(source: Result) -> list[str]:
    return sorted(name.partition(":")[2] for name in source.manifest["inputs"])


class _Progress:
    """Tells MLflow of every event, and logs what begins, every validation and, of the steps, one in `every`."""

    def __init__(self, context: AssetExecutionContext, every: int, track: Any) -> None:
        self._context = context
        self._every = every
        self._track = track

    def __call__(self, event: dict[str, Any]) -> None:
        self._track(event)
        line = self._line(event)
        if line:
            self._context.log.info(f"lora_checkpoint: {line}")

    def _line(self, event: dict[str, Any]) -> str | None:
        match event["event"]:
            case "stage":
                return f"{event['stage']} begins"
            case "precision":
                return f"computes in {event['precision']}"
            case "validation":
                return f"step {event['step']}, validation loss {event['loss']:.3f}"
            case "step" if event["step"] % self._every == 0:
                left = timedelta(seconds=event["seconds_left"])
                return (
                    f"step {event['step']} of {event['of']}, loss {event['loss']:.3f}, "
                    f"learning rate {event['learning_rate']:.2e}, {event['tokens_per_second']:,.0f} tokens/s, "
                    f"{event['memory_gib']:.1f} GiB, {left} left"
                )
        return None
