"""The same training by plain transformers and peft: a loop as one writes it by hand, in a page.

    python -m train_peer JOB.json

It starts from the adapter in `start.safetensors` and reads the lessons in the order of `order.json`, as `train_ours`
has left them, and writes `peer.jsonl`: of each step loss, tokens and seconds. Cases go through the model one by one,
without padding, and their gradients add up to those of the step; logits are those of the notes' tokens alone. In bf16
the base is in bf16, the adapter in fp32, and autocast chooses.
"""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.files import read_json, write_jsonl
from edscribe_pipelines.train.recipe import TARGETS, Lora, Recipe
from edscribe_pipelines.train.report import Report, run_reporting


def main(job_file: Path, report: Report) -> None:
    job, rows = read_json(job_file), []
    for row in _train(job_file.parent, Path(job["weights"]), Recipe.model_validate(job["recipe"])):
        rows.append(row)
        report({"event": "step", **row})
    write_jsonl(job_file.parent / "peer.jsonl", rows)


def _train(folder: Path, weights: Path, recipe: Recipe) -> Iterator[dict[str, Any]]:
    import torch

    lora, lessons = recipe.lora, pl.read_parquet(folder / "lessons" / "train.parquet")
    model = _model(folder, weights, recipe)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    betas = (0.9, lora.beta2)
    optimizer = torch.optim.AdamW(
        trained, lr=lora.learning_rate, betas=betas, weight_decay=lora.weight_decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_share(step, lora))
    model.train()
    ended = time.perf_counter()
    for step, numbers in enumerate(read_json(folder / "order.json"), start=1):
        cases = [lessons.row(number) for number in numbers]
        note_tokens = sum(len(tokens) - told for tokens, told in cases)
        loss = 0.0
        for tokens, told in cases:
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.precision == "bf16"):
                share = _summed_loss(model, tokens, told) / note_tokens
            share.backward()
            loss += share.item()
        torch.nn.utils.clip_grad_norm_(trained, recipe.max_gradient_norm)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        started, ended = ended, time.perf_counter()
        yield {
            "step": step,
            "loss": loss,
            "tokens": sum(len(tokens) - 1 for tokens, _ in cases),
            "note_tokens": note_tokens,
            "seconds": ended - started,
            "memory_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        }


def learning_rate_share(step: int, lora: Lora) -> float:
    """NeMo's schedule: from a tenth up to all of the learning rate, then on a cosine down to a hundredth."""
    if step < lora.warm_up_steps:
        return 0.1 + 0.9 * step / lora.warm_up_steps
    progress = (step - lora.warm_up_steps) / (lora.steps - lora.warm_up_steps)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, progress))) / 2


def _model(folder: Path, weights: Path, recipe: Recipe) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    lora, dtype = recipe.lora, {"bf16": torch.bfloat16, "fp32": torch.float32}[recipe.precision]
    base = AutoModelForCausalLM.from_pretrained(weights, attn_implementation="sdpa", dtype=dtype)
    layers = list(TARGETS[lora.targets])
    config = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=layers)
    # peft keeps the adapter in fp32
    model = get_peft_model(base, config)
    loaded: Any = set_peft_model_state_dict(model, load_file(folder / "start.safetensors"))
    assert not loaded.unexpected_keys
    return model


def _summed_loss(model: Any, tokens: list[int], told: int) -> Any:
    """Return the cross entropy of a case's note, the tokens behind the first `told`, summed."""
    import torch
    from torch.nn.functional import cross_entropy

    before_note = torch.arange(told - 1, len(tokens) - 1)
    logits = model(input_ids=torch.tensor([tokens[:-1]]), use_cache=False, logits_to_keep=before_note).logits
    return cross_entropy(logits[0].float(), torch.tensor(tokens[told:]), reduction="sum")


if __name__ == "__main__":
    run_reporting(main)
