"""What each stage of the training reads: prompts with SOAP notes, then prompts with the specialty's notes.

Lessons are stored as tokens, a row each, so that a case is worded once and its length is known before
anything is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty, note_of
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.train.chat import CaseTokens, Pair, system_message, tokenise
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.recombine import recombine
from edscribe_pipelines.train.soap import as_soap

_AT_ONCE = 2_000
_NOT_LEARNED = -100
"""torch's label of a token without a loss."""

_SCHEMA: dict[str, Any] = {"input_ids": pl.List(pl.Int32), "prompt_tokens": pl.Int32}


class Lessons:
    """A file of lessons as NeMo reads it: each token's label is the next token, on the note alone."""

    def __init__(self, path: str, tokenizer: Any) -> None:
        self._rows = pl.read_parquet(path)
        self._padding = {"input_ids": tokenizer.pad_token_id or 0, "labels": _NOT_LEARNED, "attention_mask": 0}

    def __len__(self) -> int:
        return self._rows.height

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> dict[str, Any]:
        tokens, told = self._rows.row(number)
        return {
            "input_ids": tokens[:-1],
            "labels": [_NOT_LEARNED] * (told - 1) + tokens[told:],
            "attention_mask": [1] * (len(tokens) - 1),
            "___PAD_TOKEN_IDS___": dict(self._padding),
        }


def read_pairs(path: Path) -> list[Pair]:
    return [{"prompt": row["prompt"], "completion": row["completion"]} for _, row in read_jsonl(path)]


def write_lessons(
    cases: Path, folder: Path, tokenizer: Any, recipe: Recipe, specialty: Specialty, *, seed: int
) -> dict[str, int]:
    """Write `<stage>_<split>.parquet` for the recipe's stages; return how many cases are too long for each file.

    Training lessons are the cases and, where the recipe asks for them, recombined ones.
    """
    left_out = {}
    system = system_message(tokenizer, specialty.prompt, thinking=recipe.thinking)
    for split in ("train", "validation"):
        pairs = read_pairs(cases / f"{split}.jsonl")
        for stage in stages_of(recipe):
            rewrite = notes_of_stages(specialty)[stage]
            lessons = [{**pair, "completion": rewrite(pair["completion"])} for pair in pairs]
            tokens = _tokens(tokenizer, lessons, system)
            fits = [_fits(case, recipe) for case in tokens]
            left_out[f"{stage}_{split}"] = fits.count(False)
            kept = [case for case, fitting in zip(tokens, fits, strict=True) if fitting]
            if split == "train":
                whole = [pair for pair, fitting in zip(lessons, fits, strict=True) if fitting]
                more = recombine(whole, getattr(recipe, stage).recombined, seed)
                kept += [case for case in _tokens(tokenizer, more, system) if _fits(case, recipe)]
                kept = _fill_steps(kept, recipe.cases_per_step)
            pl.DataFrame(kept, schema=_SCHEMA, orient="row").write_parquet(folder / f"{stage}_{split}.parquet")
    return left_out


def notes_of_stages(specialty: Specialty) -> dict[str, Callable[[str], str]]:
    """Return, for each stage, what its note is made of a twelve-section note by."""
    return {"warm_up": as_soap, "lora": partial(note_of, specialty)}


def texts_of(pairs: Iterable[Pair], specialty: Specialty) -> list[str]:
    """Return all that the stages read of `pairs`: a tokenizer is learned from it."""
    rewrites = notes_of_stages(specialty).values()
    return [text for pair in pairs for text in (pair["prompt"], *(rewrite(pair["completion"]) for rewrite in rewrites))]


def stages_of(recipe: Recipe) -> list[str]:
    """Return the names of the stages, in order."""
    return ["lora"] if recipe.warm_up is None else ["warm_up", "lora"]


def _tokens(tokenizer: Any, pairs: list[Pair], system: str) -> list[CaseTokens]:
    starts = range(0, len(pairs), _AT_ONCE)
    return [case for start in starts for case in tokenise(tokenizer, pairs[start : start + _AT_ONCE], system)]


def _fits(case: CaseTokens, recipe: Recipe) -> bool:
    return len(case.input_ids) <= recipe.sequence_length


def _fill_steps(lessons: list[CaseTokens], size: int) -> list[CaseTokens]:
    """Repeat the first lessons until all steps are full: NeMo's sampler drops the rest of the last batch."""
    missing = -len(lessons) % size
    return (lessons * (1 + size))[: len(lessons) + missing]
