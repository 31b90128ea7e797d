"""What `scribe.py` trains on and has written: the pipeline's own splits, finished stores, further invented stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from dagster import DagsterInstance
from train_cases import rendered_cases

from edscribe_pipelines.clinical.specialties import Specialty, note_of
from edscribe_pipelines.definitions import build_defs
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.sample import write_sample
from edscribe_pipelines.orchestration.launch import this_month
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import CHECKPOINT, Weights, find_base
from edscribe_pipelines.train.chat import Pair, prompt_text, system_message
from edscribe_pipelines.train.generate import base_of
from edscribe_pipelines.train.recipe import Recipe

FURTHER_STAYS, FURTHER_PATIENTS, FURTHER_SEED = 100, 64, 20_270_101
"""The stays are the first of as many patients as hold them; none of them is a patient of the sample."""
EXAMPLES = 3
HELD_OUT, FURTHER = "held out", "further stays"

_QUIET: dict[str, Any] = {"loggers": {"brief": {}}}
_PLACE = "§"


class Store(NamedTuple):
    """What a finished run has left: the adapter with its recipe, base and seed, and the cases with their splits."""

    name: str
    recipe: Recipe
    seed: int
    base: Path
    adapter: Path
    cases: pl.DataFrame
    training_seconds: float


def sample_splits(folder: Path) -> pl.DataFrame:
    """Return the cases of the bundled sample, its physicians' notes among them, with their splits."""
    write_sample(folder / "in")
    return pipeline_splits(folder / "in" / "mimic", str(folder / "in" / "notes"), folder)


def pipeline_splits(release: Path, notes: str | None, folder: Path) -> pl.DataFrame:
    """Return the cases that the corpus job makes of `release` and `notes`, with their splits."""
    settings = Settings(
        store=folder / "store",
        phi_store=folder / "phi_store",
        mimic_dir=release,
        notes_dir=notes,
        inputs_complete=True,
    )
    month = this_month()
    with DagsterInstance.ephemeral() as instance:
        job = build_defs(settings).resolve_job_def("corpus")
        job.execute_in_process(instance=instance, partition_key=month, run_config=_QUIET)
    return Stages(settings).get("splits", month).table("cases")


def read_store(store: Path, specialty: Specialty) -> Store:
    """Return the latest adapter of `specialty` in `store`. Raises BadInput where there is none."""
    settings = Settings(store=store)
    stages = Stages(settings)
    trained = [each for each in stages.partitions("lora_checkpoint") if each.endswith(f"-{specialty.name}")]
    if not trained:
        raise BadInput(str(store), f"no adapter of {specialty.name}", remedy="Finish `edscribe run` there.")
    checkpoint = stages.get("lora_checkpoint", trained[-1])
    seed, month = checkpoint.manifest["settings"]["seed"], trained[-1].removesuffix(f"-{specialty.name}")
    whole = stages.get("model_card", trained[-1]).manifest["settings"]["recipe"]
    recipe, home = Recipe.model_validate(whole), checkpoint.folder / CHECKPOINT
    base = base_of(home, recipe, base_model=settings.base_model, packaged_bases=settings.packaged_bases, store=store)
    cases = _trained_on(checkpoint, stages.get("splits", month))
    return Store(store.name, recipe, seed, base, home / "adapter", cases, checkpoint.manifest["seconds"])


def _trained_on(checkpoint: Result, splits: Result) -> pl.DataFrame:
    if checkpoint.manifest["inputs"]["splits"] != splits.manifest["content"]:
        raise BadInput(
            str(splits.folder), "not the splits that the adapter learned from", remedy="Run the month again."
        )
    return splits.table("cases")


def to_write(cases: pl.DataFrame, specialty: Specialty, *, limit: int | None, further: bool) -> pl.DataFrame:
    """Return the cases whose notes are written, `limit` of each set at most: set, id, patient, prompt, completion.

    These are the test split of `cases` and, if wanted, the `further` stays.

    A patient is known by the first, in the alphabet, of his prompts: ids are others in each store.
    """
    sets = {HELD_OUT: cases}
    if further:
        sets[FURTHER] = rendered_cases(FURTHER_PATIENTS, FURTHER_SEED).head(FURTHER_STAYS)
    rows = []
    for name, of_set in sets.items():
        known = of_set.with_columns(set=pl.lit(name), patient=pl.col("prompt").min().over("patient_key"))
        written = known.filter(split="test") if name == HELD_OUT else known
        rows.append(written.head(limit or written.height).select("set", "case_id", "patient", "prompt", "completion"))
    notes = [note_of(specialty, note) for part in rows for note in part["completion"]]
    return pl.concat(rows).with_columns(completion=pl.Series(notes, dtype=pl.String))


def shortest_examples(cases: pl.DataFrame) -> list[Pair]:
    """Return the three shortest rendered training cases, each of another patient."""
    length = pl.col("prompt").str.len_chars() + pl.col("completion").str.len_chars()
    rendered = cases.filter(split="train", tier="rendered").sort(length, "prompt")
    shortest = rendered.unique("patient_key", keep="first", maintain_order=True).head(EXAMPLES)
    return shortest.select("prompt", "completion").to_dicts()


def with_examples(tokenizer: Any, examples: list[Pair], prompt: str, instructions: str) -> str:
    """Return what stands in place of `prompt` where `examples` are to be earlier turns of the conversation."""
    system = system_message(tokenizer, instructions, thinking=False)
    turns = [{"role": "system", "content": system}]
    for example in examples:
        turns.append({"role": "user", "content": example["prompt"]})
        turns.append({"role": "assistant", "content": example["completion"]})
    turns.append({"role": "user", "content": prompt})
    whole = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    before, behind = prompt_text(tokenizer, _PLACE, system).split(_PLACE)
    assert whole.startswith(before)
    assert whole.endswith(behind)
    return whole.removeprefix(before).removesuffix(behind)


def packaged_base(recipe: Recipe, store: Path) -> Weights:
    """Return the recipe's base, unpacked into `store`."""
    return find_base(recipe, base_model=None, packaged_bases=Settings().packaged_bases, store=store)
