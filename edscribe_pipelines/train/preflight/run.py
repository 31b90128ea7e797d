"""All checks of one training, in the order in which a person would make them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.base import find_folder
from edscribe_pipelines.train.chat import Pair, has_thinking_switch, system_message
from edscribe_pipelines.train.on_cpu.precision import in_native_precision
from edscribe_pipelines.train.preflight.available import find_memory
from edscribe_pipelines.train.preflight.bases import find_architecture, find_tokenizer
from edscribe_pipelines.train.preflight.cases import READ, as_learned, count_splits, pairs_by_id
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.disk import NAME as DISK
from edscribe_pipelines.train.preflight.disk import check_disk, needed_disk
from edscribe_pipelines.train.preflight.implementation import NAME as IMPLEMENTATION
from edscribe_pipelines.train.preflight.implementation import check_implementation
from edscribe_pipelines.train.preflight.lengths import LENGTHS, check_lengths, check_split_sizes, measure_lengths
from edscribe_pipelines.train.preflight.memory import NAME as MEMORY
from edscribe_pipelines.train.preflight.memory import check_memory
from edscribe_pipelines.train.preflight.report import PreflightReport
from edscribe_pipelines.train.preflight.targets import NAME as LORA_TARGETS
from edscribe_pipelines.train.preflight.targets import check_targets
from edscribe_pipelines.train.preflight.tokenizer import ROUND_TRIP, check_chat_template, check_texts, check_thinking
from edscribe_pipelines.train.preflight.weights import NAME as WEIGHTS
from edscribe_pipelines.train.preflight.weights import check_weights
from edscribe_pipelines.train.recipe import TARGETS, Recipe

Pairs = Mapping[str, Mapping[str, Pair]]
"""By split and case_id."""


def run_preflight(
    cases: pl.DataFrame,
    recipe: Recipe,
    specialty: Specialty,
    *,
    base_model: Path | None,
    packaged_bases: Path,
    store: Path,
) -> PreflightReport:
    """Return what was found of the training of `specialty` on `cases`, in the precision that this machine trains in.

    `cases` has case_id, prompt, completion and split. `store` is where checkpoints and a packaged base go; it also
    keeps the hashes of `base_model`. No check that fails keeps another from being made that needs nothing of it.
    """
    recipe = in_native_precision(recipe)
    pairs = {split: as_learned(pairs_by_id(cases, split, recipe), specialty) for split in READ}
    checks, folder, tokenizer = [check_split_sizes(count_splits(cases))], None, None
    try:
        folder = find_folder(recipe, base_model=base_model, packaged_bases=packaged_bases, store=store)
        checks.append(check_weights(recipe, folder, store))
    except BadInput as error:
        checks.append(Check(WEIGHTS, "refused", str(error).rstrip(".")))
    try:
        tokenizer = find_tokenizer(folder)
        checks += _of_cases(tokenizer, pairs, recipe, specialty)
    except BadInput as error:
        checks.append(Check(ROUND_TRIP, "refused", str(error).rstrip(".")))
    checks += _of_model(recipe, folder, pairs, store)
    return PreflightReport(tuple(checks))


def _of_cases(tokenizer: object | None, pairs: Pairs, recipe: Recipe, specialty: Specialty) -> list[Check]:
    if tokenizer is None:
        return [Check(name, "not_applicable", "there is no tokenizer to look at") for name in (ROUND_TRIP, LENGTHS)]
    # what asks for a switch that is missing is refused by check_thinking; the other checks do without one
    thinking = recipe.thinking and has_thinking_switch(tokenizer)
    system = system_message(tokenizer, specialty.prompt, thinking=thinking)
    texts = {case_id: tuple(pair.values()) for some in pairs.values() for case_id, pair in some.items()}
    template = check_chat_template(tokenizer, system)
    checks = [*check_texts(tokenizer, texts), template]
    if template.verdict == "refused":
        return checks
    lengths = {split: measure_lengths(tokenizer, [*some.values()], system) for split, some in pairs.items() if some}
    checks.append(check_thinking(tokenizer, specialty.prompt, thinking=recipe.thinking))
    return [*checks, check_lengths(lengths, recipe.sequence_length)]


def _of_model(recipe: Recipe, folder: Path | None, pairs: Pairs, store: Path) -> list[Check]:
    architecture = find_architecture(recipe.base.name, folder)
    if architecture is None:
        unknown = "the layers of the base are not known yet"
        return [Check(name, "not_applicable", unknown) for name in (IMPLEMENTATION, LORA_TARGETS, MEMORY, DISK)]
    names = TARGETS[recipe.lora.targets]
    text_bytes = sum(len(text.encode()) for some in pairs.values() for pair in some.values() for text in pair.values())
    return [
        check_implementation(recipe, architecture),
        check_targets(architecture, names, recipe.lora.rank),
        check_memory(recipe, architecture, names, find_memory(recipe)),
        check_disk(needed_disk(recipe, architecture, names, text_bytes), store),
    ]
