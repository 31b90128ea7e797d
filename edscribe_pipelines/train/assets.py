"""Training as an asset. NeMo runs in a process of its own; this one watches it."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, MaterializeResult, ResourceParam, asset

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.corpus.splitting.assets import splits
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.orchestration.partitions import MONTHS_BY_SPECIALTY, ONE_AT_A_TIME, split_partition
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.recipe import load_recipe

CHECKPOINT = "checkpoint"


@asset(
    partitions_def=MONTHS_BY_SPECIALTY,
    deps=[splits],
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

    A killed run goes on from its last checkpoint when it is started again.
    """
    partition = context.partition_key
    month, specialty = split_partition(partition)
    find_specialty(specialty)
    source, recipe = stages.get("splits", month), load_recipe(settings.recipe)
    if not source.counts["train_cases"]:
        raise BadInput(f"splits {month}", "no training case", remedy="Materialise the corpus with stays in it first.")
    work = stages.work_folder("lora_checkpoint", partition)

    def build(folder: Path) -> dict[str, Any]:
        progress = partial(_log_progress, context)
        return dict(
            train_adapter(source.table("cases"), recipe, work, folder / CHECKPOINT, progress, seed=settings.seed)
        )

    result = stages.run(
        "lora_checkpoint",
        partition,
        rooms=("train",),
        inputs={"splits": source},
        settings={"recipe": recipe.model_dump(), "seed": settings.seed},
        build=build,
    )
    shutil.rmtree(work, ignore_errors=True)
    return materialised(context, result)


def _log_progress(context: AssetExecutionContext, event: dict[str, Any]) -> None:
    """Log the start of each stage, every 50th step and every validation."""
    if event["event"] == "stage":
        context.log.info(f"lora_checkpoint: {event['stage']}")
    elif event["event"] == "validation":
        context.log.info(f"lora_checkpoint: {event['stage']} step {event['step']}, validation loss {event['loss']:.3f}")
    elif event["event"] == "step" and event["step"] % 50 == 0:
        speed = f"{event['tokens_per_second']:.0f} tokens/s"
        context.log.info(f"lora_checkpoint: {event['stage']} step {event['step']}, loss {event['loss']:.3f}, {speed}")
