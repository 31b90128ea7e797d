"""Training an adapter from cases, in a worker process that may be killed at any moment."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypedDict

import orjson
import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.files import commit_folder, read_json, read_jsonl, write_json, write_jsonl
from edscribe_pipelines.train.card import write_hashes
from edscribe_pipelines.train.chat import Pair
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.lessons import stages_of
from edscribe_pipelines.train.recipe import Recipe

SPLITS = ("train", "validation")
"""What a worker is given. The test split never reaches it."""

BASE = "base.json"
"""Name and hash of the base that an adapter belongs to."""

_WORKER = "edscribe_pipelines.train.worker"


class TrainingSummary(TypedDict):
    """`seconds` are those of the steps of each stage. `cases_too_long` counts, by stage and split, the
    cases beyond the recipe's sequence length: left out whole, never cut. `kept_step` is the step whose adapter
    is kept, `validation_loss` its loss; `base_sha256` ties the adapter to its base."""

    specialty: str
    base: str
    base_sha256: str
    targets: list[str]
    rank: int
    alpha: int
    dropout: float
    trainable_parameters: int
    total_parameters: int
    base_parameters: int
    steps: int
    kept_step: int
    loss_first: float
    loss_last: float
    validation_loss: float | None
    tokens_per_second: float
    memory_gib: float
    hardware: str
    seconds: dict[str, float]
    cases: dict[str, int]
    cases_too_long: dict[str, int]
    hashes: dict[str, str]


@dataclass(frozen=True)
class Weights:
    """A pretrained base: its folder and the hash of its files."""

    folder: Path
    sha256: str


def train_adapter(
    cases: pl.DataFrame,
    recipe: Recipe,
    work_dir: Path,
    out_dir: Path,
    on_progress: Callable[[dict[str, Any]], None],
    *,
    specialty: Specialty,
    seed: int = 0,
    weights: Weights | None = None,
) -> TrainingSummary:
    """Train an adapter, and the base where the recipe builds one, and commit them to `out_dir`, which must not exist.

    `cases` has case_id, prompt, completion and split; the test split is not read. `out_dir` receives `adapter/`
    as peft loads it, with SHA256SUMS, `base/` as transformers does where it was built, `base.json` that names the base,
    `training.jsonl` (each step and validation) and `summary.json`. Called again with the same cases, recipe and
    `work_dir` after a kill, it goes on where it was. Raises BadInput where there is nothing to train on, and
    StageFailed with what to do or with the worker's log where it ends without its result.
    """
    key = {
        "recipe": recipe.model_dump(),
        "seed": seed,
        "specialty": asdict(specialty),
        "base": weights and weights.sha256,
    }
    folder = _prepare(cases, recipe, key, work_dir)
    if not (folder / "adapter").exists():
        job = {**key, "weights": weights and str(weights.folder.absolute())}
        run_worker(_WORKER, job, folder, threads=recipe.threads, processes=recipe.processes, on_progress=on_progress)
    if not (folder / "adapter" / "adapter_model.safetensors").is_file():
        raise StageFailed(f"the training worker ended without an adapter; its log is {folder / 'worker.log'}")
    curve = _read_curve(folder / "curve.jsonl")
    base = {"name": recipe.base.name, "sha256": weights.sha256 if weights else _hash_of(folder / "base")}
    summary = _summarise(recipe, specialty, base, folder, curve)
    with commit_folder(out_dir) as staged:
        for part in ("base", "adapter"):
            if (folder / part).is_dir():
                shutil.copytree(folder / part, staged / part)
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
    latest: dict[tuple[str, int, str], dict[str, Any]] = {}
    for _, event in read_jsonl(path):
        latest[event["stage"], event["step"], event["event"]] = event
    stages = list(dict.fromkeys(stage for stage, _, _ in latest))
    return sorted(latest.values(), key=lambda event: (stages.index(event["stage"]), event["step"], event["event"]))


def _summarise(
    recipe: Recipe, specialty: Specialty, base: dict[str, str], folder: Path, curve: list[dict[str, Any]]
) -> TrainingSummary:
    parameters, kept_step = read_json(folder / "lora_parameters.json"), read_json(folder / "kept.json")["step"]
    steps = [event for event in curve if event["event"] == "step"]
    lora = [event for event in steps if event["stage"] == "lora"]
    validations = {
        event["step"]: event["loss"] for event in curve if event["event"] == "validation" and event["stage"] == "lora"
    }
    seconds = {stage: _seconds([step for step in steps if step["stage"] == stage]) for stage in stages_of(recipe)}
    return {
        "specialty": specialty.name,
        "base": base["name"],
        "base_sha256": base["sha256"],
        "targets": read_json(folder / "adapter" / "adapter_config.json")["target_modules"],
        "rank": recipe.lora.rank,
        "alpha": recipe.lora.alpha,
        "dropout": recipe.lora.dropout,
        "trainable_parameters": parameters["trainable"],
        "total_parameters": parameters["total"],
        "base_parameters": parameters["total"] - parameters["trainable"],
        "steps": len(lora),
        "kept_step": kept_step,
        "loss_first": lora[0]["loss"],
        "loss_last": lora[-1]["loss"],
        "validation_loss": validations.get(kept_step),
        "tokens_per_second": round(sum(step["tokens"] for step in lora) / seconds["lora"], 1),
        "memory_gib": max(step["memory_gib"] for step in lora),
        "hardware": parameters["hardware"],
        "seconds": {stage: round(value, 1) for stage, value in seconds.items()},
        "cases": {split: sum(1 for _ in read_jsonl(folder / f"{split}.jsonl")) for split in SPLITS},
        "cases_too_long": read_json(folder / "start" / "left_out.json"),
        "hashes": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for pattern in ("*/*.safetensors", "base/tokenizer.json", "*.jsonl")
            for path in sorted(folder.glob(pattern))
            if path.name != "curve.jsonl"
        },
    }


def _seconds(steps: list[dict[str, Any]]) -> float:
    return sum(step["tokens"] / step["tokens_per_second"] for step in steps)


def _hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
