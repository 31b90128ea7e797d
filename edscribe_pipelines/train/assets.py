"""Training as an asset. NeMo runs in a process of its own; this one watches it."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, MaterializeResult, MetadataValue, ResourceParam, asset

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.corpus.splitting.assets import splits
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.orchestration.partitions import MONTHS_BY_SPECIALTY, ONE_AT_A_TIME, split_partition
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Derivation, Result, Stages, code_version
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import find_base
from edscribe_pipelines.train.card import write_card
from edscribe_pipelines.train.curves import as_markdown, draw_curves
from edscribe_pipelines.train.preflight.assets import training_preflight
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.provenance import card_facts, git_commit
from edscribe_pipelines.train.recipe import Recipe, load_recipe
from edscribe_pipelines.train.tracking import track

CHECKPOINT = "checkpoint"
_CURVES = "training.png"
_ROOMS = ("train",)


@asset(
    partitions_def=MONTHS_BY_SPECIALTY,
    deps=[splits, training_preflight],
    group_name="train",
    kinds={"nemo", "pytorch", "huggingface"},
    op_tags={"edscribe/accelerator": "h100"},
    pool="accelerator",
    backfill_policy=ONE_AT_A_TIME,
)
def lora_checkpoint(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """A LoRA adapter trained by NVIDIA NeMo AutoModel on the month's training split, as HF PEFT.

    With its model card, licence and hashes; its figures go to MLflow while it trains. A killed run goes on from
    its last checkpoint when it is started again.
    """
    partition = context.partition_key
    month, name = split_partition(partition)
    specialty, recipe = find_specialty(name), load_recipe(settings.recipe)
    source = stages.get("splits", month)
    weights = find_base(
        recipe, base_model=settings.base_model, packaged_bases=settings.packaged_bases, store=settings.store
    )
    if not source.counts["train_cases"]:
        raise BadInput(f"splits {month}", "no training case", remedy="Materialise the corpus with stays in it first.")
    work = stages.work_folder("lora_checkpoint", partition)
    derivation = Derivation(
        "lora_checkpoint",
        partition,
        _ROOMS,
        {"splits": source, "base": weights.sha256},
        {"recipe": recipe.model_dump(), "seed": settings.seed},
    )

    def build(folder: Path) -> dict[str, Any]:
        home, cases = folder / CHECKPOINT, source.table("cases")
        progress = _Progress(context, recipe.log_every)
        with track(
            settings.mlflow_uri or f"sqlite:///{settings.store.absolute()}/mlflow.db",
            name,
            partition,
            job=derivation.fingerprint,
            parameters=recipe.model_dump(mode="json"),
            tags=_versions(source, recipe) | {"dagster_run_id": context.run_id},
            warn=context.log.warning,
        ) as tracker:

            def on_progress(event: dict[str, Any]) -> None:
                tracker.log(event)
                progress(event)

            summary = train_adapter(
                cases, recipe, work, home, on_progress, specialty=specialty, seed=settings.seed, weights=weights
            )
            facts = card_facts(
                summary,
                cases,
                recipe,
                specialty,
                months=sorted(name.partition(":")[2] for name in source.manifest["inputs"]),
                data_version=source.manifest["content"],
                code_version=code_version(_ROOMS),
            )
            write_card(home / "adapter", facts)
            (folder / _CURVES).write_bytes(draw_curves(event for _, event in read_jsonl(home / "training.jsonl")))
            figures = {key: value for key, value in summary.items() if isinstance(value, int | float)}
            tracker.finish(figures, [folder / _CURVES, home / "adapter" / "README.md"])
        return {**summary, "mlflow_run": tracker.run_id or "not recorded"}

    result = stages.make(derivation, build)
    shutil.rmtree(work, ignore_errors=True)
    curves = MetadataValue.md(as_markdown((result.folder / _CURVES).read_bytes()))
    return materialised(context, result, metadata={"curves": curves})


def _versions(source: Result, recipe: Recipe) -> dict[str, str | None]:
    return {
        "data_version": source.manifest["content"],
        "code_version": code_version(_ROOMS),
        "git_commit": git_commit(),
        "base_model": recipe.base.name,
    }


class _Progress:
    """Logs what begins, every validation and, of the steps, one in `every`."""

    def __init__(self, context: AssetExecutionContext, every: int) -> None:
        self._context = context
        self._every = every

    def __call__(self, event: dict[str, Any]) -> None:
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
