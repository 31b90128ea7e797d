"""What the training reads: prompts with the specialty's notes.

Lessons are stored as tokens, a row each, so that a case is worded once and its length is known before
anything is trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty, note_of
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.train.chat import CaseTokens, Pair, system_message, tokenise
from edscribe_pipelines.train.recipe import Recipe

_AT_ONCE = 2_000
NOT_LEARNED = -100
"""torch's label of a token without a loss."""

_SCHEMA: dict[str, Any] = {"input_ids": pl.List(pl.Int32), "prompt_tokens": pl.Int32}


class Lessons:
    """A file of lessons as NeMo reads it: each token's label is the next token, on the note alone."""

    def __init__(self, path: str, tokenizer: Any) -> None:
        self._rows = pl.read_parquet(path)
        self._padding = {"input_ids": tokenizer.pad_token_id or 0, "labels": NOT_LEARNED, "attention_mask": 0}

    def __len__(self) -> int:
        return self._rows.height

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> dict[str, Any]:
        tokens, told = self._rows.row(number)
        return {
            "input_ids": tokens[:-1],
            "labels": [NOT_LEARNED] * (told - 1) + tokens[told:],
            "attention_mask": [1] * (len(tokens) - 1),
            "___PAD_TOKEN_IDS___": dict(self._padding),
        }


def read_pairs(path: Path) -> list[Pair]:
    return [{"prompt": row["prompt"], "completion": row["completion"]} for _, row in read_jsonl(path)]


def write_lessons(cases: Path, folder: Path, tokenizer: Any, recipe: Recipe, specialty: Specialty) -> dict[str, int]:
    """Write the lessons of each split of `cases` to `folder`; return, by split, how many cases are too long."""
    left_out = {}
    system = system_message(tokenizer, specialty.prompt, thinking=recipe.thinking)
    for split in ("train", "validation"):
        pairs = read_pairs(cases / f"{split}.jsonl")
        taught = [{**pair, "completion": note_of(specialty, pair["completion"])} for pair in pairs]
        tokens = _tokens(tokenizer, taught, system)
        lessons = [case for case in tokens if len(case.input_ids) <= recipe.sequence_length]
        left_out[split] = len(tokens) - len(lessons)
        if split == "train":
            lessons = _fill_steps(lessons, recipe.cases_per_step)
        pl.DataFrame(lessons, schema=_SCHEMA, orient="row").write_parquet(folder / f"{split}.parquet")
    return left_out


def _tokens(tokenizer: Any, pairs: list[Pair], system: str) -> list[CaseTokens]:
    starts = range(0, len(pairs), _AT_ONCE)
    return [case for start in starts for case in tokenise(tokenizer, pairs[start : start + _AT_ONCE], system)]


def _fill_steps(lessons: list[CaseTokens], size: int) -> list[CaseTokens]:
    """Repeat the first lessons until all steps are full: NeMo's sampler drops the rest of the last batch."""
    missing = -len(lessons) % size
    return (lessons * (1 + size))[: len(lessons) + missing]
