"""Training an adapter from cases, in a worker process that may be killed at any moment."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.files import commit_folder, read_json, read_jsonl, write_json, write_jsonl
from edscribe_pipelines.train.base import BASE, Weights
from edscribe_pipelines.train.chat import Pair
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.hashes import write_hashes
from edscribe_pipelines.train.on_cpu.precision import in_native_precision
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.summary import TrainingSummary

SPLITS = ("train", "validation")
"""What a worker is given. The test split never reaches it."""

_WORKER = "edscribe_pipelines.train.worker"


def train_adapter(
    cases: pl.DataFrame,
    recipe: Recipe,
    work_dir: Path,
    out_dir: Path,
    on_progress: Callable[[dict[str, Any]], None],
    *,
    specialty: Specialty,
    weights: Weights,
    seed: int = 0,
) -> TrainingSummary:
    """Train an adapter on the base in `weights` and commit it to `out_dir`, which must not exist.

    `cases` has case_id, prompt, completion and split; the test split is not read. `out_dir` receives `adapter/`
    as peft loads it, with SHA256SUMS, `base.json` that names the base, `training.jsonl` (each step and validation) and
    `summary.json`. Called again with the same cases, recipe and
    `work_dir` after a kill, it goes on where it was. Raises BadInput where there is nothing to train on, and
    StageFailed with what to do or with the worker's log where it ends without its result.
    """
    recipe = in_native_precision(recipe)
    same = {"seed": seed, "specialty": asdict(specialty), "base": weights.sha256}
    folder = _prepare(cases, recipe, {**same, "recipe": recipe.decisive}, work_dir)
    on_progress({"event": "precision", "precision": recipe.precision})
    if not (folder / "adapter").exists():
        job = {**same, "recipe": recipe.model_dump(), "weights": str(weights.folder.absolute())}
        run_worker(
            _WORKER,
            job,
            folder,
            threads=recipe.threads,
            processes=recipe.processes,
            gpu=recipe.implementation != "cpu",
            on_progress=on_progress,
        )
    if not (folder / "adapter" / "adapter_model.safetensors").is_file():
        raise StageFailed(f"the training worker ended without an adapter; its log is {folder / 'worker.log'}")
    curve = _read_curve(folder / "curve.jsonl")
    base = {"name": recipe.base.name, "sha256": weights.sha256}
    summary = _summarise(recipe, specialty, base, folder, curve)
    with commit_folder(out_dir) as staged:
        shutil.copytree(folder / "adapter", staged / "adapter")
        write_hashes(staged / "adapter")
        write_json(staged / BASE, base)
        write_jsonl(staged / "training.jsonl", curve)
        write_json(staged / "summary.json", summary)
    return summary


def _prepare(cases: pl.DataFrame, recipe: Recipe, key: dict[str, Any], work_dir: Path) -> Path:
    """Return the folder of this job inside `work_dir`: the one that stands, or a new one in place of others."""
    rows = {split: cases.filter(pl.col("split") == split).sort("case_id") for split in SPLITS}
    if recipe.max_train_cases is not None:
        rows["train"] = rows["train"].head(recipe.max_train_cases)
    if rows["train"].is_empty():
        raise BadInput("cases", "no case in the training split", remedy="Add encounters or widen EDSCRIBE_TRAIN_TIERS.")
    digest = hashlib.sha256(orjson.dumps(key))
    for split in SPLITS:
        for pair in _pairs(rows[split]):
            digest.update(orjson.dumps(pair))
    folder = work_dir / digest.hexdigest()[:16]
    if not folder.exists():
        shutil.rmtree(work_dir, ignore_errors=True)
        with commit_folder(folder) as staged:
            for split in SPLITS:
                write_jsonl(staged / f"{split}.jsonl", _pairs(rows[split]))
    return folder


def _pairs(cases: pl.DataFrame) -> Iterator[Pair]:
    return cases.select("prompt", "completion").iter_rows(named=True)


def _read_curve(path: Path) -> list[dict[str, Any]]:
    """Return the steps and validations in order; of a step that a resumed worker repeated, the later one."""
    latest = {(event["step"], event["event"]): event for _, event in read_jsonl(path)}
    return [latest[place] for place in sorted(latest)]


def _summarise(
    recipe: Recipe, specialty: Specialty, base: dict[str, str], folder: Path, curve: list[dict[str, Any]]
) -> TrainingSummary:
    adapted = read_json(folder / "adapter" / "adapter_config.json")["target_modules"]
    parameters, kept_step = read_json(folder / "parameters.json"), read_json(folder / "kept.json")["step"]
    steps = [event for event in curve if event["event"] == "step"]
    validations = {event["step"]: event["loss"] for event in curve if event["event"] == "validation"}
    seconds = sum(step["tokens"] / step["tokens_per_second"] for step in steps)
    return {
        "specialty": specialty.name,
        "base": base["name"],
        "base_sha256": base["sha256"],
        "targets": sorted({module.rpartition(".")[2] for module in adapted}),
        "rank": recipe.lora.rank,
        "alpha": recipe.lora.alpha,
        "dropout": recipe.lora.dropout,
        "trainable_parameters": parameters["trainable"],
        "total_parameters": parameters["total"],
        "base_parameters": parameters["total"] - parameters["trainable"],
        "steps": len(steps),
        "kept_step": kept_step,
        "loss_first": steps[0]["loss"],
        "loss_last": steps[-1]["loss"],
        "validation_loss": validations.get(kept_step),
        "tokens_per_second": round(sum(step["tokens"] for step in steps) / seconds, 1),
        "memory_gib": max(step["memory_gib"] for step in steps),
        "hardware": parameters["hardware"],
        "precision": recipe.precision,
        "seconds": round(seconds, 1),
        "cases": {split: sum(1 for _ in read_jsonl(folder / f"{split}.jsonl")) for split in SPLITS},
        "cases_too_long": read_json(folder / "lessons" / "left_out.json"),
        "hashes": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for pattern in ("adapter/*.safetensors", "*.jsonl")
            for path in sorted(folder.glob(pattern))
            if path.name != "curve.jsonl"
        },
    }
