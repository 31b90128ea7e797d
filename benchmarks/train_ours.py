"""The worker's training, as `edscribe_pipelines.train.worker` runs it, which first tells the peer where it starts.

    python -m train_ours JOB.json

The job's folder holds `lessons/`; `weights` is the folder of the base. Into the former go `start.safetensors`, the
adapter as NeMo has drawn it, and `order.json`, the lessons of each step; then the training writes `curve.jsonl`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.report import Report, run_reporting
from edscribe_pipelines.train.worker import Job, set_up, train


def main(job_file: Path, report: Report) -> None:
    told = read_json(job_file)
    recipe, specialty = Recipe.model_validate(told["recipe"]), find_specialty(told["specialty"])
    job = Job(job_file.parent, recipe, told["seed"], specialty, Path(told["weights"]))
    trainer = set_up(job, report)
    _tell_start(trainer, job)
    train(trainer)


def _tell_start(trainer: Any, job: Job) -> None:
    from safetensors.torch import save_file

    adapter = {
        f"base_model.model.{name}": parameter.detach().clone()
        for name, parameter in trainer.model_parts[0].named_parameters()
        if parameter.requires_grad
    }
    save_file(adapter, job.folder / "start.safetensors")
    order = _order(trainer.dataloader.sampler, job.recipe.cases_per_step)
    write_json(job.folder / "order.json", [next(order) for _ in range(job.recipe.lora.steps)])


def _order(sampler: Any, cases_per_step: int) -> Iterator[list[int]]:
    """Yield the lessons of each step; NeMo's own sampler stays where it is."""
    sampler = copy.copy(sampler)
    for epoch in count():
        sampler.set_epoch(epoch)
        lessons = list(sampler)
        for first in range(0, len(lessons) - cases_per_step + 1, cases_per_step):
            yield lessons[first : first + cases_per_step]


if __name__ == "__main__":
    run_reporting(main)
