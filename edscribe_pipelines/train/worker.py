"""The training worker: build, set up, train, clean up.

    python -m edscribe_pipelines.train.worker JOB.json
    torchrun --nproc-per-node 2 -m edscribe_pipelines.train.worker JOB.json

`process.train_adapter` writes the job and starts this. Lessons and adapter are left in the job's folder, whole or
not at all, and are passed over where they stand: a worker that was killed goes on where it was, within the training
from NeMo's latest checkpoint. Of several processes the first one builds and cleans up, and the others wait for what
it leaves.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.files import commit_file, commit_folder, read_json, remove_leftovers, write_json
from edscribe_pipelines.train.cpu import meet_cuda_assumptions
from edscribe_pipelines.train.lessons import write_lessons
from edscribe_pipelines.train.nemo import finetune_config
from edscribe_pipelines.train.packing import lessons_to_try, require_isolation
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.report import Report, run_reporting

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Job:
    """`folder` holds train.jsonl and validation.jsonl, and will hold `lessons/` and `adapter/`.

    `weights` is the folder of the base.
    """

    folder: Path
    recipe: Recipe
    seed: int
    specialty: Specialty
    weights: Path

    @property
    def lessons(self) -> Path:
        return self.folder / "lessons"

    @property
    def adapter(self) -> Path:
        return self.folder / "adapter"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @cached_property
    def is_first(self) -> bool:
        return int(os.environ.get("RANK", "0")) == 0


def main(job_file: Path, report: Report) -> None:
    job = _read_job(job_file)
    if job.is_first:
        build(job, report)
    _wait_for(job.lessons)
    if not job.adapter.exists():
        trainer = set_up(job, report)
        train(trainer)
        if job.is_first:
            clean_up(job)
        _wait_for(job.adapter)


def build(job: Job, report: Report) -> None:
    """Write the lessons that the training reads."""
    from transformers import AutoTokenizer

    remove_leftovers(job.folder)
    report({"event": "stage", "stage": "build"})
    if job.lessons.exists():
        return
    with commit_folder(job.lessons) as staged:
        tokenizer = AutoTokenizer.from_pretrained(job.weights)
        write_json(staged / "left_out.json", write_lessons(job.folder, staged, tokenizer, job.recipe, job.specialty))


def set_up(job: Job, report: Report) -> Any:
    """Return NeMo's finetune recipe, at its latest checkpoint where there is one."""
    from nemo_automodel.components.config._arg_parser import parse_args_and_load_config

    from edscribe_pipelines.train.trainer import ReportingRecipe

    report({"event": "stage", "stage": "lora"})
    meet_cuda_assumptions()
    config_file = job.folder / "nemo.yaml"
    if job.is_first:
        with commit_file(config_file) as staged:
            staged.write_text(yaml.safe_dump(_config(job), sort_keys=False), encoding="utf-8")
    _wait_for(config_file)
    trainer = ReportingRecipe(parse_args_and_load_config(str(config_file), argv=[]), job.folder, report, job.recipe)
    trainer.setup()
    if job.recipe.packing:
        cases = lessons_to_try(job.lessons / "train.parquet", job.recipe.sequence_length)
        require_isolation(trainer.model_parts[0], cases, job.recipe.precision)
    return trainer


def train(trainer: Any) -> None:
    trainer.run_train_validation_loop()


def clean_up(job: Job) -> None:
    """Keep the adapter that the recipe asks for, without a validation the last; remove the checkpoints."""
    best = job.checkpoints / "LOWEST_VAL"
    of_best = job.recipe.lora.keep == "lowest_validation" and best.exists()
    kept = (best if of_best else job.checkpoints / "LATEST").resolve()
    # NeMo names the base by its path on this machine and leaves the dropout out
    described = read_json(kept / "model" / "adapter_config.json")
    described |= {"base_model_name_or_path": job.recipe.base.name, "lora_dropout": job.recipe.lora.dropout}
    with commit_folder(job.adapter) as staged:
        shutil.copy(kept / "model" / "adapter_model.safetensors", staged)
        write_json(staged / "adapter_config.json", described)
        write_json(job.folder / "kept.json", {"step": int(kept.name.rpartition("_")[2]) + 1})
    shutil.rmtree(job.checkpoints)


def _read_job(job_file: Path) -> Job:
    job = read_json(job_file)
    specialty = Specialty(**{**job["specialty"], "sections": tuple(job["specialty"]["sections"])})
    recipe = Recipe.model_validate(job["recipe"])
    return Job(job_file.parent, recipe, job["seed"], specialty, Path(job["weights"]))


def _config(job: Job) -> dict[str, Any]:
    validation = job.lessons / "validation.parquet"
    return finetune_config(
        job.recipe,
        model=job.weights,
        train=job.lessons / "train.parquet",
        validation=validation if _has_rows(validation) else None,
        checkpoints=job.checkpoints,
        seed=job.seed,
    )


def _has_rows(lessons: Path) -> bool:
    return bool(pl.scan_parquet(lessons).select(pl.len()).collect().item())


def _wait_for(path: Path) -> None:
    """Return when the first process has left `path`; where it fails, torchrun ends the others."""
    while not path.exists():
        time.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    run_reporting(main)
