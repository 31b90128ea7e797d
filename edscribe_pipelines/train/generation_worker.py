"""The generation worker: prompts in, notes out, with stock transformers and peft.

python -m edscribe_pipelines.train.generation_worker JOB.json
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from edscribe_pipelines.files import read_json, read_jsonl, write_json
from edscribe_pipelines.train.chat import WordedPrompt, note_in, system_message, word_prompt
from edscribe_pipelines.train.recipe import Generation
from edscribe_pipelines.train.report import Report, run_reporting


def main(job_file: Path, report: Report) -> None:
    job = read_json(job_file)
    tokenizer = load_tokenizer(Path(job["base"]))
    system = system_message(tokenizer, job["system"], thinking=job["thinking"])
    prompts = [
        word_prompt(tokenizer, row["prompt"], system) for _, row in read_jsonl(job_file.parent / "prompts.jsonl")
    ]
    results = []
    for number, adapter in enumerate(job["adapters"]):
        started = time.monotonic()
        model = load_model(Path(job["base"]), None if adapter is None else Path(adapter))
        notes, unfinished = write_notes(model, tokenizer, prompts, Generation(**job["generation"]))
        seconds = round(time.monotonic() - started, 1)
        results.append({"notes": notes, "unfinished": unfinished, "seconds": seconds})
        report({"event": "generated", "adapter": number, "notes": len(notes), "seconds": seconds})
    write_json(job_file.parent / "generated.json", results)


def load_tokenizer(base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(base, padding_side="left")


def load_model(base: Path, adapter: Path | None) -> Any:
    """Return the base in evaluation mode, with the adapter's weights merged into it where there is one."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = AutoModelForCausalLM.from_pretrained(base, dtype="auto", device_map=device)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    return model.eval()


def write_notes(model: Any, tokenizer: Any, prompts: list[WordedPrompt], settings: Generation) -> tuple[list[str], int]:
    """Return a note per prompt, and how many did not end within the tokens that `settings` allow.

    An answer that never ends its thought is no note: its text is empty, and it is among those that did not end.
    Prompts of like length share a batch. Padding is on the left and masked out of the Mamba state.
    """
    notes = [""] * len(prompts)
    unfinished = 0
    by_length = sorted(range(len(prompts)), key=lambda number: len(prompts[number].text))
    for first in range(0, len(by_length), settings.batch_size):
        batch = by_length[first : first + settings.batch_size]
        answers = _continue(model, tokenizer, [prompts[number].text for number in batch], settings)
        for number, answer in zip(batch, answers, strict=True):
            text = tokenizer.decode(answer, skip_special_tokens=True)
            note = note_in(text, thought_open=prompts[number].thought_open)
            notes[number] = note or ""
            unfinished += note is None or tokenizer.eos_token_id not in answer
    return notes, unfinished


def _continue(model: Any, tokenizer: Any, prompts: list[str], settings: Generation) -> list[list[int]]:
    import torch
    from transformers import LogitsProcessorList

    inputs = tokenizer(prompts, add_special_tokens=False, padding=True, return_tensors="pt").to(model.device)
    no_loops = no_repeats_within_note(inputs["input_ids"].shape[1], settings.no_repeat_tokens)
    with torch.inference_mode():
        tokens = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=settings.max_new_tokens,
            do_sample=False,
            num_beams=settings.beams,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            logits_processor=LogitsProcessorList([no_loops]),
        )
    return tokens[:, inputs["input_ids"].shape[1] :].tolist()


def no_repeats_within_note(prompt_length: int, no_repeat_tokens: int) -> Any:
    """Return transformers' rule against repeated n-grams, applied to the note alone: what the note copies
    from its prompt is no repetition."""
    from transformers import LogitsProcessor, NoRepeatNGramLogitsProcessor

    rule = NoRepeatNGramLogitsProcessor(no_repeat_tokens)

    class WithinNote(LogitsProcessor):
        def __call__(self, input_ids: Any, scores: Any) -> Any:
            return rule(input_ids[:, prompt_length:], scores)

    return WithinNote()


if __name__ == "__main__":
    run_reporting(main)
