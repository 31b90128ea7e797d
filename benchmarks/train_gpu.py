"""The GPU part of `train.py`: LoRA on the architecture of Nemotron Nano 9B v2, its weights drawn on the device.

Speed does not depend on the values of weights and tokens. Each configuration is a process of its own
(`python -m train_gpu JOB.json`): one that does not fit into the memory is a row of the result, not its end. What runs
is the recipe `nemotron_nano_9b_v2_h100` through the worker's configuration and trainer; weights that are drawn and not
read, no validation, no checkpoint and few steps are all that differs. A row is always 4,096 tokens: one lesson, or as
many as fit where they are packed. Packed ones are first held to `packing.require_isolation`.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import yaml
from tiny_base import learn_tokenizer
from train_flops import flops_per_token, peak_of_gpu

from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.files import read_json
from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2, bundled_config, describe_architecture
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.nemo import finetune_config
from edscribe_pipelines.train.packing import lessons_to_try, require_isolation
from edscribe_pipelines.train.recipe import Recipe, load_recipe
from edscribe_pipelines.train.report import Report, run_reporting

STEPS, NOT_TIMED, SEED = 6, 2, 20_260_101
LENGTHS_OF_CASES = (600, 1_900)
"""Tokens of the lessons that are packed, drawn evenly: about three fit into a row."""


def measure_gpu() -> Iterator[dict[str, Any]]:
    """Yield a row for each configuration; without a CUDA device say so, and yield none."""
    import torch

    if not torch.cuda.is_available():
        print("No CUDA device here: the figures of the GPU part are left out, not estimated.")
        return
    for targets, packing, checkpointing in product(("plan", "hybrid"), (False, True), (True, False)):
        yield _measure(_recipe(targets, packing=packing, gradient_checkpointing=checkpointing))


def _recipe(targets: str, **chosen: bool) -> Recipe:
    recipe = load_recipe(f"nemotron_nano_9b_v2_h100:{targets}")
    lora = recipe.lora.model_copy(update={"steps": STEPS, "warm_up_steps": 1, "eval_every": STEPS, "save_every": STEPS})
    # with fsdp2 NeMo builds the model on the meta device, with ddp on the CPU; one process shards nothing in either
    return recipe.model_copy(update={"lora": lora, "log_every": 1, "sharding": "fsdp2", **chosen})


def _measure(recipe: Recipe) -> dict[str, Any]:
    import torch

    config = bundled_config(NEMOTRON_NANO_9B_V2)
    row = {
        "date": date.today().isoformat(),
        "part": "gpu",
        "device": torch.cuda.get_device_name(),
        "targets": recipe.lora.targets,
        "packing": recipe.packing,
        "gradient_checkpointing": recipe.gradient_checkpointing,
        "sequence_length": recipe.sequence_length,
        "cases_per_step": recipe.cases_per_step,
        "versions": {name: version(name) for name in ("nemo-automodel", "torch", "mamba-ssm", "causal-conv1d")},
    }
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder), recipe, config)
        events: list[dict[str, Any]] = []
        try:
            run_worker("train_gpu", {"recipe": recipe.model_dump()}, Path(folder), threads=8, on_progress=events.append)
        except StageFailed:
            return row | {"problem": (Path(folder) / "worker.log").read_text("utf-8")[-2_000:]}
        trainable = read_json(Path(folder) / "parameters.json")["trainable"]
    if problems := [event["problem"] for event in events if event["event"] == "problem"]:
        return row | {"problem": problems[0]}
    return row | _figures(events, flops_per_token(describe_architecture(config), trainable))


def _figures(events: list[dict[str, Any]], flops: int) -> dict[str, Any]:
    steps = [event for event in events if event["event"] == "step"]
    rate = median(step["tokens_per_second"] for step in steps[NOT_TIMED:])
    peak = peak_of_gpu()
    return {
        "tokens_per_second": rate,
        "mfu": None if peak is None else round(rate * flops / peak, 4),
        "memory_gib": max(step["memory_gib"] for step in steps),
        "gflop_per_token": round(flops / 1e9, 2),
        "steps_timed": len(steps) - NOT_TIMED,
    }


def _prepare(folder: Path, recipe: Recipe, config: Any) -> None:
    """Write the architecture, any tokenizer, which NeMo wants to see, and lessons of drawn tokens."""
    config.save_pretrained(folder / "base")
    learn_tokenizer(["Invented text for a tokenizer that nothing is read with."]).save_pretrained(folder / "base")
    chance = random.Random(SEED)
    lengths = [recipe.sequence_length] * recipe.cases_per_step * STEPS
    if recipe.packing:
        shortest, longest = LENGTHS_OF_CASES
        lengths = [chance.randint(shortest, longest) for _ in range(sum(lengths) // shortest)]
    rows = [(chance.choices(range(config.vocab_size), k=length + 1), length // 2) for length in lengths]
    pl.DataFrame(rows, schema=["input_ids", "prompt_tokens"], orient="row").write_parquet(folder / "lessons.parquet")


def main(job_file: Path, report: Report) -> None:
    import torch

    try:
        _train(job_file.parent, Recipe.model_validate(read_json(job_file)["recipe"]), report)
    except torch.OutOfMemoryError:
        report({"event": "problem", "problem": "out of memory"})
    except StageFailed as failed:
        report({"event": "problem", "problem": str(failed)})


def _train(folder: Path, recipe: Recipe, report: Report) -> None:
    from nemo_automodel.components.config._arg_parser import parse_args_and_load_config

    from edscribe_pipelines.train.trainer import ReportingRecipe

    (folder / "nemo.yaml").write_text(yaml.safe_dump(_config(folder, recipe)), encoding="utf-8")
    trainer = ReportingRecipe(parse_args_and_load_config(str(folder / "nemo.yaml"), argv=[]), folder, report, recipe)
    trainer.setup()
    _draw_weights(trainer.model_parts[0])
    if recipe.packing:
        cases = lessons_to_try(folder / "lessons.parquet", recipe.sequence_length)
        require_isolation(trainer.model_parts[0], cases, recipe.precision)
    trainer.run_train_validation_loop()


def _config(folder: Path, recipe: Recipe) -> dict[str, Any]:
    config = finetune_config(
        recipe,
        model=folder / "base",
        train=folder / "lessons.parquet",
        validation=None,
        checkpoints=folder / "checkpoints",
        seed=SEED,
    )
    model = config["model"] | {"_target_": "nemo_automodel.NeMoAutoModelForCausalLM.from_config"}
    return config | {
        "model": model | {"config": model.pop("pretrained_model_name_or_path")},
        "checkpoint": {"enabled": False, "checkpoint_dir": str(folder / "checkpoints")},
    }


def _draw_weights(model: Any) -> None:
    """Set what is frozen to values that lead to finite losses: NeMo leaves some of it as the memory was."""
    import torch

    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                continue
            if parameter.dim() > 1:
                parameter.normal_(std=0.02)
            elif name.endswith("A_log"):
                parameter.copy_(torch.arange(1, len(parameter) + 1).log())
            else:
                parameter.fill_(0.0 if name.endswith("bias") else 1.0)


if __name__ == "__main__":
    run_reporting(main)
