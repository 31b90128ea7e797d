"""The same training by plain transformers and peft: a loop as one writes it by hand, in a page.

    python -m train_peer JOB.json

It starts from the adapter in `start.safetensors` and reads the lessons in the order of `order.json`, as `train_ours`
has left them, and writes `peer.jsonl`: of each step loss, tokens and seconds.
"""

from __future__ import annotations

import math
import resource
import time
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.files import read_json, write_jsonl
from edscribe_pipelines.train.recipe import TARGETS, Lora, Recipe
from edscribe_pipelines.train.report import Report, run_reporting


def main(job_file: Path, report: Report) -> None:
    folder = job_file.parent
    recipe = Recipe.model_validate(read_json(job_file)["recipe"])
    rows = []
    for row in _train(folder, recipe):
        rows.append(row)
        report({"event": "step", **row})
    write_jsonl(folder / "peer.jsonl", rows)


def _train(folder: Path, recipe: Recipe) -> Any:
    import torch
    from torch.nn.functional import cross_entropy

    lora, lessons = recipe.lora, pl.read_parquet(folder / "lessons" / "train.parquet")
    model = _model(folder, lora)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lora.learning_rate, weight_decay=lora.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_share(step, lora))
    model.train()
    ended = time.perf_counter()
    for step, numbers in enumerate(read_json(folder / "order.json"), start=1):
        batch = _batch([lessons.row(number) for number in numbers])
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        loss = cross_entropy(logits.float().flatten(0, 1), batch["labels"].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, recipe.max_gradient_norm)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        started, ended = ended, time.perf_counter()
        yield {
            "step": step,
            "loss": loss.item(),
            "tokens": int(batch["attention_mask"].sum()),
            "seconds": ended - started,
            "memory_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        }


def learning_rate_share(step: int, lora: Lora) -> float:
    """NeMo's schedule: from a tenth up to all of the learning rate, then on a cosine down to a hundredth."""
    if step < lora.warm_up_steps:
        return 0.1 + 0.9 * step / lora.warm_up_steps
    progress = (step - lora.warm_up_steps) / (lora.steps - lora.warm_up_steps)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, progress))) / 2


def _model(folder: Path, lora: Lora) -> Any:
    from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(folder / "base", attn_implementation="sdpa")
    layers = list(TARGETS[lora.targets])
    config = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=layers)
    model = get_peft_model(base, config)
    loaded: Any = set_peft_model_state_dict(model, load_file(folder / "start.safetensors"))
    assert not loaded.unexpected_keys
    return model


def _batch(rows: list[Any]) -> dict[str, Any]:
    """Return (tokens, tokens of the prompt) of each lesson, padded on the right; a label is the next token."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    columns = {
        "input_ids": (0, [tokens[:-1] for tokens, _ in rows]),
        "labels": (-100, [[-100] * (told - 1) + tokens[told:] for tokens, told in rows]),
        "attention_mask": (0, [[1] * (len(tokens) - 1) for tokens, _ in rows]),
    }
    return {
        name: pad_sequence([torch.tensor(value) for value in values], batch_first=True, padding_value=padding)
        for name, (padding, values) in columns.items()
    }


if __name__ == "__main__":
    run_reporting(main)
