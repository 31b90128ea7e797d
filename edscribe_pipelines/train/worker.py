"""The training worker: build, set up, train, clean up.

    python -m edscribe_pipelines.train.worker JOB.json

`process.train_adapter` writes the job and starts this. Each step leaves its result in the job's folder,
whole or not at all, and is passed over where its result stands: a worker that was killed goes on where it
was, within a stage from NeMo's latest checkpoint.
"""

from __future__ import annotations

import gc
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from edscribe_pipelines.files import commit_file, commit_folder, read_json, remove_leftovers, write_json
from edscribe_pipelines.train.base import save_untrained_base
from edscribe_pipelines.train.cpu import meet_cuda_assumptions
from edscribe_pipelines.train.lessons import NOTE_OF_STAGE, read_pairs, write_lessons
from edscribe_pipelines.train.nemo import finetune_config
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.report import Report, run_reporting
from edscribe_pipelines.train.tokenizer import learn_tokenizer


@dataclass(frozen=True)
class Job:
    """`folder` holds train.jsonl and validation.jsonl, and will hold `base/` and `adapter/`."""

    folder: Path
    recipe: Recipe
    seed: int

    @property
    def start(self) -> Path:
        return self.folder / "start"


def main(job_file: Path, report: Report) -> None:
    description = read_json(job_file)
    job = Job(job_file.parent, Recipe.model_validate(description["recipe"]), description["seed"])
    build(job, report)
    for stage, source, result in (("warm_up", "start/model", "base"), ("lora", "base", "adapter")):
        if not (job.folder / result).exists():
            trainer = set_up(job, stage, job.folder / source, report)
            train(trainer)
            clean_up(job, stage, trainer)


def build(job: Job, report: Report) -> None:
    """Learn the tokenizer, draw the base's random weights, write what each stage reads."""
    remove_leftovers(job.folder)
    report({"event": "stage", "stage": "build"})
    if job.start.exists():
        return
    texts = [
        text
        for pair in read_pairs(job.folder / "train.jsonl")
        for text in (pair["prompt"], *(rewrite(pair["completion"]) for rewrite in NOTE_OF_STAGE.values()))
    ]
    with commit_folder(job.start) as staged:
        tokenizer = learn_tokenizer(texts, job.recipe.tokenizer)
        save_untrained_base(staged / "model", tokenizer, job.recipe.base, job.seed)
        write_json(staged / "left_out.json", write_lessons(job.folder, staged, tokenizer, job.recipe, job.seed))


def set_up(job: Job, stage: str, model: Path, report: Report) -> Any:
    """Return NeMo's finetune recipe for `stage`, at its latest checkpoint where there is one."""
    from nemo_automodel.components.config._arg_parser import parse_args_and_load_config

    from edscribe_pipelines.train.trainer import ReportingRecipe

    report({"event": "stage", "stage": stage})
    meet_cuda_assumptions()
    validation = job.start / f"{stage}_validation.jsonl"
    config = finetune_config(
        job.recipe,
        getattr(job.recipe, stage),
        model=model,
        train=job.start / f"{stage}_train.jsonl",
        validation=validation if validation.stat().st_size else None,
        checkpoints=job.folder / "checkpoints" / stage,
        seed=job.seed,
    )
    config_file = job.folder / f"{stage}.yaml"
    with commit_file(config_file) as staged:
        staged.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    trainer = ReportingRecipe(parse_args_and_load_config(str(config_file), argv=[]), stage, job.folder, report)
    trainer.setup()
    return trainer


def train(trainer: Any) -> None:
    trainer.run_train_validation_loop()


def clean_up(job: Job, stage: str, trainer: Any) -> None:
    """Keep what the stage has made as `base/` or `adapter/`; give its memory and its checkpoints back."""
    latest = job.folder / "checkpoints" / stage / "LATEST" / "model"
    if stage == "warm_up":
        with commit_folder(job.folder / "base") as staged:
            shutil.copytree(latest / "consolidated", staged, dirs_exist_ok=True)
            shutil.copytree(
                job.start / "model",
                staged,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("*.safetensors", "config*"),
            )
    else:
        with commit_folder(job.folder / "adapter") as staged:
            shutil.copy(latest / "adapter_model.safetensors", staged)
            # NeMo names the base by its path on this machine and leaves the dropout out
            described = read_json(latest / "adapter_config.json")
            described |= {"base_model_name_or_path": "base", "lora_dropout": job.recipe.lora.dropout}
            write_json(staged / "adapter_config.json", described)
    trainer.model_parts.clear()
    gc.collect()
    shutil.rmtree(job.folder / "checkpoints" / stage)


if __name__ == "__main__":
    run_reporting(main)
