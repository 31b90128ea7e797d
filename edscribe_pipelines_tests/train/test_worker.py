"""Which of the checkpoints that NeMo leaves becomes the adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.train.worker import Job, clean_up
from edscribe_pipelines_tests.train.invented import EM, TINY

CONFIG = {"base_model_name_or_path": "/secret/place", "r": 4, "target_modules": ["q_proj"]}


def job_with_checkpoints(folder: Path, keep: str, *, validated: bool = True) -> Job:
    """Return a job with checkpoints after steps 4 and 6, of which the first had the lowest validation loss."""
    recipe = TINY.model_copy(update={"lora": TINY.lora.model_copy(update={"keep": keep, "dropout": 0.25})})
    job = Job(folder, recipe, 0, EM, folder / "weights")
    for name in ("epoch_1_step_3", "epoch_2_step_5"):
        model = job.checkpoints / name / "model"
        model.mkdir(parents=True)
        (model / "adapter_model.safetensors").write_text(name)
        write_json(model / "adapter_config.json", CONFIG)
    (job.checkpoints / "LATEST").symlink_to("epoch_2_step_5")
    if validated:
        (job.checkpoints / "LOWEST_VAL").symlink_to("epoch_1_step_3")
    return job


@pytest.mark.parametrize(
    ("keep", "given", "checkpoint", "step"),
    [
        ("last", {}, "epoch_2_step_5", 6),
        ("lowest_validation", {}, "epoch_1_step_3", 4),
        ("lowest_validation", {"validated": False}, "epoch_2_step_5", 6),
    ],
)
def test_adapter_that_the_recipe_asks_for_is_kept_with_its_step(
    tmp_path: Path, keep: str, given: dict[str, Any], checkpoint: str, step: int
) -> None:
    job = job_with_checkpoints(tmp_path, keep, **given)
    clean_up(job)
    assert {path.name for path in job.adapter.iterdir()} == {"adapter_model.safetensors", "adapter_config.json"}
    assert (job.adapter / "adapter_model.safetensors").read_text() == checkpoint
    assert read_json(tmp_path / "kept.json") == {"step": step}
    assert not job.checkpoints.exists()


def test_adapter_names_its_base_and_its_dropout(tmp_path: Path) -> None:
    job = job_with_checkpoints(tmp_path, "last")
    clean_up(job)
    told = {"base_model_name_or_path": "invented/nemotron-h", "lora_dropout": 0.25}
    assert read_json(job.adapter / "adapter_config.json") == CONFIG | told
