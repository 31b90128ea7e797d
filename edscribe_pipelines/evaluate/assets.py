"""Evaluation and championship as assets."""

from pathlib import Path
from typing import Any

import polars as pl
from dagster import AssetExecutionContext, MaterializeResult, MetadataValue, ResourceParam, asset

from edscribe_pipelines.clinical.specialties import find_specialty, note_of
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.evaluate.champion import (
    Champion,
    champion_hash,
    drop_other_checkpoints,
    headline,
    keep_checkpoint,
    read_champion,
    settle_champion,
)
from edscribe_pipelines.evaluate.compare import compare_systems
from edscribe_pipelines.evaluate.report import count_cases, write_report
from edscribe_pipelines.files import read_json, read_jsonl, write_json
from edscribe_pipelines.orchestration.partitions import MONTHS_BY_SPECIALTY, ONE_AT_A_TIME, split_partition
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.orchestration.stages import Result, Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.assets import CHECKPOINT, lora_checkpoint
from edscribe_pipelines.train.generate import base_of, generate_notes
from edscribe_pipelines.train.recipe import load_recipe

_ROOMS = ("evaluate", "train")


@asset(
    partitions_def=MONTHS_BY_SPECIALTY,
    deps=[lora_checkpoint, "splits"],
    group_name="evaluate",
    kinds={"huggingface", "html"},
    op_tags={"edscribe/accelerator": "h100"},
    pool="accelerator",
    backfill_policy=ONE_AT_A_TIME,
)
def eval_report(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Notes for the test split by the base and by the adapter, their figures, and one HTML page."""
    partition = context.partition_key
    month, name = split_partition(partition)
    specialty = find_specialty(name)
    checkpoint, source = stages.get("lora_checkpoint", partition), stages.get("splits", month)
    recipe = load_recipe(settings.recipe)
    champion = champion_hash(read_champion(_registry(settings, name)))

    def build(folder: Path) -> dict[str, Any]:
        cases = source.table("cases")
        tested = cases.filter(pl.col("split") == "test").head(recipe.generation.max_cases).to_dicts()
        if not tested:
            raise BadInput(f"splits {month}", "no test case", remedy="Add stays: ten patients make one test patient.")
        test = [case | {"completion": note_of(specialty, case["completion"])} for case in tested]
        home = checkpoint.folder / CHECKPOINT
        work = stages.work_folder("eval_report", partition)
        prompts, references = [case["prompt"] for case in test], [case["completion"] for case in test]
        weights = base_of(
            home,
            recipe,
            base_model=settings.base_model,
            packaged_bases=settings.packaged_bases,
            store=settings.store,
        )
        adapters = [None, home / "adapter"]
        base, adapter = generate_notes(weights, adapters, prompts, references, recipe, work, system=specialty.prompt)
        generated = {"adapter": _by_case(test, adapter.notes), "base": _by_case(test, base.notes)}
        evaluation = compare_systems(
            test, generated, specialty=specialty, month=month, seed=settings.seed, champion_before=champion
        )
        counts = {"counts": count_cases({split: rows.to_dicts() for (split,), rows in cases.group_by("split")})}
        write_report(folder, evaluation, _training(checkpoint), counts)
        overall = evaluation.systems["adapter"].overall
        return {
            "test_cases": len(test),
            "unfinished_notes": {"adapter": adapter.unfinished, "base": base.unfinished},
            "generation_seconds": round(base.seconds + adapter.seconds, 1),
            "adapter": headline(overall),
            "base": headline(evaluation.systems["base"].overall),
            **headline(overall),
        }

    result = stages.run(
        "eval_report",
        partition,
        rooms=_ROOMS,
        inputs={"lora_checkpoint": checkpoint, "splits": source},
        settings={"max_cases": recipe.generation.max_cases, "seed": settings.seed},
        build=build,
    )
    page = MetadataValue.url((result.folder / "report.html").absolute().as_uri())
    return materialised(context, result, metadata={"report": page})


@asset(
    partitions_def=MONTHS_BY_SPECIALTY,
    deps=[eval_report],
    group_name="evaluate",
    kinds={"json"},
    backfill_policy=ONE_AT_A_TIME,
)
def champion(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """Whether the month's adapter replaces the one in use, and why."""
    partition = context.partition_key
    month, specialty = split_partition(partition)
    checkpoint, report = stages.get("lora_checkpoint", partition), stages.get("eval_report", partition)

    def build(folder: Path) -> dict[str, Any]:
        registry, content = _registry(settings, specialty), checkpoint.manifest["content"]
        kept = keep_checkpoint(checkpoint.folder / CHECKPOINT, registry.with_suffix("") / content[:16])
        adapter = (kept / "adapter").relative_to(settings.store).as_posix()
        candidate = Champion(specialty, month, content, adapter, report.counts["adapter"])
        decision = settle_champion(registry, candidate, report.counts["base"])
        drop_other_checkpoints(registry, settings.store)
        write_json(folder / "decision.json", decision._asdict())
        return {"promoted": decision.promoted, "reasons": "; ".join(decision.reasons)}

    inputs = {"eval_report": report, "lora_checkpoint": checkpoint}
    result = stages.run("champion", partition, rooms=("evaluate",), inputs=inputs, settings={}, build=build)
    return materialised(context, result)


def _registry(settings: Settings, specialty: str) -> Path:
    return settings.store / "champions" / f"{specialty}.json"


def _by_case(cases: list[dict[str, Any]], notes: list[str]) -> dict[str, str]:
    return {case["case_id"]: note for case, note in zip(cases, notes, strict=True)}


def _training(checkpoint: Result) -> dict[str, Any]:
    home = checkpoint.folder / CHECKPOINT
    curve = [event for _, event in read_jsonl(home / "training.jsonl")]
    summary = read_json(home / "summary.json")
    return {
        "settings": {name: value for name, value in summary.items() if not isinstance(value, dict)},
        "losses": [{"step": event["step"], "loss": event["loss"]} for event in curve if event["event"] == "step"],
    }
