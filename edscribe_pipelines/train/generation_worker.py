"""The generation worker: prompts in, notes out, with transformers and peft, or a Llama on a CPU with `on_cpu.writing`.

python -m edscribe_pipelines.train.generation_worker JOB.json
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from edscribe_pipelines.files import read_json, read_jsonl, write_json
from edscribe_pipelines.train.chat import WordedPrompt, note_in, system_message, word_prompt
from edscribe_pipelines.train.generate import PROMPTS, Written
from edscribe_pipelines.train.on_cpu.precision import has_bf16
from edscribe_pipelines.train.recipe import Generation
from edscribe_pipelines.train.report import Report, run_reporting


def main(job_file: Path, report: Report) -> None:
    job = read_json(job_file)
    tokenizer = load_tokenizer(Path(job["base"]))
    system = system_message(tokenizer, job["system"], thinking=job["thinking"])
    rows = [row for _, row in read_jsonl(job_file.parent / PROMPTS)]
    prompts = [word_prompt(tokenizer, row["prompt"], system) for row in rows]
    settings = Generation(**job["generation"])
    limit = limit_of(tokenizer, [row["reference"] for row in rows], settings)
    results = []
    for number, adapter in enumerate(job["adapters"]):
        started = time.monotonic()
        model = load_model(Path(job["base"]), None if adapter is None else Path(adapter), on_cpu=job["on_cpu"])
        written = write_notes(model, tokenizer, prompts, settings.batch_size, limit, on_cpu=job["on_cpu"])
        seconds = round(time.monotonic() - started, 1)
        results.append({"written": [list(each) for each in written], "seconds": seconds})
        report({"event": "generated", "adapter": number, "notes": len(written), "seconds": seconds})
    write_json(job_file.parent / "generated.json", results)


def limit_of(tokenizer: Any, references: list[str], settings: Generation) -> int:
    """Return how many tokens an answer may have: those of the longest reference and a fifth more."""
    longest = max(map(len, tokenizer(references, add_special_tokens=False)["input_ids"]))
    return min(settings.max_new_tokens, math.ceil(1.2 * longest))


def load_tokenizer(base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(base, padding_side="left")


def load_model(base: Path, adapter: Path | None, *, on_cpu: bool = False) -> Any:
    """Return the base in evaluation mode, with the adapter's weights merged into it where there is one."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.float32 if on_cpu and not has_bf16() else "auto"
    model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, device_map=device)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    return model.eval()


def write_notes(
    model: Any, tokenizer: Any, prompts: list[WordedPrompt], batch_size: int, limit: int, *, on_cpu: bool = False
) -> list[Written]:
    """Return what is written for each prompt; prompts of like length share a batch."""
    written: dict[int, Written] = {}
    by_length = sorted(range(len(prompts)), key=lambda number: len(prompts[number].text))
    for first in range(0, len(by_length), batch_size):
        batch, started = by_length[first : first + batch_size], time.monotonic()
        answers = (_by_hand if on_cpu else _generate)(model, tokenizer, [prompts[each].text for each in batch], limit)
        seconds = round((time.monotonic() - started) / len(batch), 2)
        for number, answer in zip(batch, answers, strict=True):
            written[number] = _read(tokenizer, answer, prompts[number], seconds)
    return [written[number] for number in range(len(prompts))]


def _read(tokenizer: Any, answer: list[int], prompt: WordedPrompt, seconds: float) -> Written:
    text = tokenizer.decode(answer, skip_special_tokens=True)
    note = note_in(text, thought_open=prompt.thought_open)
    end = answer.index(tokenizer.eos_token_id) + 1 if tokenizer.eos_token_id in answer else None
    return Written(note or "", end or len(answer), note is not None and end is not None, seconds)


def _generate(model: Any, tokenizer: Any, prompts: list[str], limit: int) -> list[list[int]]:
    """Padding is on the left and masked out of the Mamba state."""
    import torch

    inputs = tokenizer(prompts, add_special_tokens=False, padding=True, return_tensors="pt").to(model.device)
    with torch.inference_mode():
        tokens = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=limit,
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    return tokens[:, inputs["input_ids"].shape[1] :].tolist()


def _by_hand(model: Any, tokenizer: Any, prompts: list[str], limit: int) -> list[list[int]]:
    from edscribe_pipelines.train.on_cpu.writing import write_greedily

    tokens = tokenizer(prompts, add_special_tokens=False)["input_ids"]
    return write_greedily(model, tokens, end=tokenizer.eos_token_id, limit=limit)


if __name__ == "__main__":
    run_reporting(main)
