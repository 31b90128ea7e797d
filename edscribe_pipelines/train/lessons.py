"""What each stage of the training reads: prompts with SOAP notes, then prompts with twelve-section notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from edscribe_pipelines.files import read_jsonl, write_jsonl
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.recombine import Pair, recombine
from edscribe_pipelines.train.soap import as_soap
from edscribe_pipelines.train.tokenizer import chat

NOTE_OF_STAGE: dict[str, Callable[[str], str]] = {"warm_up": as_soap, "lora": lambda note: note}


def read_pairs(path: Path) -> list[Pair]:
    return [{"prompt": row["prompt"], "completion": row["completion"]} for _, row in read_jsonl(path)]


def write_lessons(cases: Path, folder: Path, tokenizer: Any, recipe: Recipe, seed: int) -> dict[str, int]:
    """Write `<stage>_<split>.jsonl` for both stages; return how many cases are too long for each file.

    Training lessons are the cases and, where the recipe asks for them, recombined ones.
    """
    left_out = {}
    for split in ("train", "validation"):
        pairs = read_pairs(cases / f"{split}.jsonl")
        for stage, rewrite in NOTE_OF_STAGE.items():
            lessons = [{**pair, "completion": rewrite(pair["completion"])} for pair in pairs]
            fitting = [pair for pair in lessons if token_count(tokenizer, pair) <= recipe.sequence_length]
            left_out[f"{stage}_{split}"] = len(lessons) - len(fitting)
            if split == "train":
                copies = getattr(recipe, stage).recombined
                fitting = _fill_batches(fitting + recombine(fitting, copies, seed), recipe.batch_size)
            write_jsonl(folder / f"{stage}_{split}.jsonl", fitting)
    return left_out


def token_count(tokenizer: Any, pair: Pair) -> int:
    return len(tokenizer.apply_chat_template(chat(pair["prompt"], pair["completion"]), return_dict=True)["input_ids"])


def _fill_batches(pairs: list[Pair], batch_size: int) -> list[Pair]:
    """Repeat the first pairs until all batches are full: NeMo's sampler drops the rest of the last batch."""
    missing = -len(pairs) % batch_size
    return (pairs * (1 + batch_size))[: len(pairs) + missing]
