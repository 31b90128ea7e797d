"""The training worker: build, set up, train, clean up.

    python -m edscribe_pipelines.train.worker JOB.json
    torchrun --nproc-per-node 2 -m edscribe_pipelines.train.worker JOB.json

`process.train_adapter` writes the job and starts this. Each step leaves its result in the job's folder,
whole or not at all, and is passed over where its result stands: a worker that was killed goes on where it
was, within a stage from NeMo's latest checkpoint. Of several processes the first one builds and cleans up,
and the others wait for what it leaves.
"""

from __future__ import annotations

import gc
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
from edscribe_pipelines.train.base import save_untrained_base
from edscribe_pipelines.train.cpu import meet_cuda_assumptions
from edscribe_pipelines.train.lessons import read_pairs, stages_of, texts_of, write_lessons
from edscribe_pipelines.train.nemo import finetune_config
from edscribe_pipelines.train.packing import lessons_to_try, require_isolation
from edscribe_pipelines.train.recipe import Built, Recipe
from edscribe_pipelines.train.report import Report, run_reporting
from edscribe_pipelines.train.tokenizer import learn_tokenizer

_RESULT = {"warm_up": "base", "lora": "adapter"}
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Job:
    """`folder` holds train.jsonl and validation.jsonl, and will hold `adapter/`, and `base/` where it is built.

    `weights` is the folder of a pretrained base.
    """

    folder: Path
    recipe: Recipe
    seed: int
    specialty: Specialty
    weights: Path | None

    @property
    def start(self) -> Path:
        return self.folder / "start"

    @cached_property
    def is_first(self) -> bool:
        return int(os.environ.get("RANK", "0")) == 0

    def model_of(self, stage: str) -> Path:
        """Return the weights that `stage` starts from."""
        if self.weights is not None:
            return self.weights
        return self.start / "model" if stage == "warm_up" else self.folder / "base"


def main(job_file: Path, report: Report) -> None:
    job = _read_job(job_file)
    if job.is_first:
        build(job, report)
    _wait_for(job.start)
    for stage in stages_of(job.recipe):
        result = job.folder / _RESULT[stage]
        if not result.exists():
            trainer = set_up(job, stage, report)
            train(trainer)
            if job.is_first:
                clean_up(job, stage)
            _wait_for(result)
            _give_memory_back(trainer)


def build(job: Job, report: Report) -> None:
    """Write what each stage reads; for a base that is built, learn the tokenizer and draw its random weights."""
    remove_leftovers(job.folder)
    report({"event": "stage", "stage": "build"})
    if job.start.exists():
        return
    with commit_folder(job.start) as staged:
        tokenizer = _tokenizer(job)
        if isinstance(job.recipe.base, Built):
            save_untrained_base(staged / "model", tokenizer, job.recipe.base, job.seed)
        left_out = write_lessons(job.folder, staged, tokenizer, job.recipe, job.specialty, seed=job.seed)
        write_json(staged / "left_out.json", left_out)


def set_up(job: Job, stage: str, report: Report) -> Any:
    """Return NeMo's finetune recipe for `stage`, at its latest checkpoint where there is one."""
    from nemo_automodel.components.config._arg_parser import parse_args_and_load_config

    from edscribe_pipelines.train.trainer import ReportingRecipe

    report({"event": "stage", "stage": stage})
    meet_cuda_assumptions()
    config_file = job.folder / f"{stage}.yaml"
    if job.is_first:
        with commit_file(config_file) as staged:
            staged.write_text(yaml.safe_dump(_config(job, stage), sort_keys=False), encoding="utf-8")
    _wait_for(config_file)
    trainer = ReportingRecipe(
        parse_args_and_load_config(str(config_file), argv=[]),
        stage,
        job.folder,
        report,
        gradient_checkpointing=job.recipe.gradient_checkpointing,
    )
    trainer.setup()
    if job.recipe.packing:
        cases = lessons_to_try(job.start / f"{stage}_train.parquet", job.recipe.sequence_length)
        require_isolation(trainer.model_parts[0], cases, job.recipe.precision)
    return trainer


def train(trainer: Any) -> None:
    trainer.run_train_validation_loop()


def clean_up(job: Job, stage: str) -> None:
    """Keep what the stage has made as `base/` or `adapter/`; give its checkpoints' room back."""
    checkpoints = job.folder / "checkpoints" / stage
    with commit_folder(job.folder / _RESULT[stage]) as staged:
        if stage == "warm_up":
            _keep_base(checkpoints / "LATEST" / "model", job.start / "model", staged)
        else:
            _keep_adapter(job, checkpoints, staged)
    shutil.rmtree(checkpoints)


def _keep_base(trained: Path, untrained: Path, folder: Path) -> None:
    shutil.copytree(trained / "consolidated", folder, dirs_exist_ok=True)
    beside_weights = shutil.ignore_patterns("*.safetensors", "config*")
    shutil.copytree(untrained, folder, dirs_exist_ok=True, ignore=beside_weights)


def _keep_adapter(job: Job, checkpoints: Path, folder: Path) -> None:
    """Keep the adapter of the lowest validation loss; without a validation the last."""
    best = checkpoints / "LOWEST_VAL"
    kept = (best if best.exists() else checkpoints / "LATEST").resolve()
    shutil.copy(kept / "model" / "adapter_model.safetensors", folder)
    # NeMo names the base by its path on this machine and leaves the dropout out
    described = read_json(kept / "model" / "adapter_config.json")
    described |= {"base_model_name_or_path": job.recipe.base.name, "lora_dropout": job.recipe.lora.dropout}
    write_json(folder / "adapter_config.json", described)
    write_json(job.folder / "kept.json", {"step": int(kept.name.rpartition("_")[2]) + 1})


def _read_job(job_file: Path) -> Job:
    job = read_json(job_file)
    weights = Path(job["weights"]) if job["weights"] else None
    specialty = Specialty(**{**job["specialty"], "sections": tuple(job["specialty"]["sections"])})
    return Job(job_file.parent, Recipe.model_validate(job["recipe"]), job["seed"], specialty, weights)


def _tokenizer(job: Job) -> Any:
    if job.recipe.tokenizer is None:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(job.weights)
    texts = texts_of(read_pairs(job.folder / "train.jsonl"), job.specialty)
    return learn_tokenizer(texts, job.recipe.tokenizer)


def _config(job: Job, stage: str) -> dict[str, Any]:
    lessons = {split: job.start / f"{stage}_{split}.parquet" for split in ("train", "validation")}
    return finetune_config(
        job.recipe,
        getattr(job.recipe, stage),
        model=job.model_of(stage),
        train=lessons["train"],
        validation=lessons["validation"] if _has_rows(lessons["validation"]) else None,
        checkpoints=job.folder / "checkpoints" / stage,
        seed=job.seed,
    )


def _has_rows(lessons: Path) -> bool:
    return bool(pl.scan_parquet(lessons).select(pl.len()).collect().item())


def _wait_for(path: Path) -> None:
    """Return when the first process has left `path`; where it fails, torchrun ends the others."""
    while not path.exists():
        time.sleep(_POLL_SECONDS)


def _give_memory_back(trainer: Any) -> None:
    trainer.model_parts.clear()
    gc.collect()


if __name__ == "__main__":
    run_reporting(main)
