"""Notes written by the base alone and by the base with an adapter, in one worker process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.files import read_json, write_jsonl
from edscribe_pipelines.train.base import BASE, find_base
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.hashes import verify_hashes
from edscribe_pipelines.train.recipe import Packaged, Recipe

PROMPTS = "prompts.jsonl"


class Written(NamedTuple):
    """A note, the tokens of its answer, and whether that came to its end: not at the limit of tokens, and not within a
    thought, whose note is empty. `seconds` are its share of those of its batch."""

    note: str
    tokens: int
    ended: bool
    seconds: float


class Generated(NamedTuple):
    """What one system has written, in the order of the prompts. `seconds` include loading the model."""

    written: list[Written]
    seconds: float

    @property
    def notes(self) -> list[str]:
        return [each.note for each in self.written]

    @property
    def unfinished(self) -> int:
        return sum(not each.ended for each in self.written)


def base_of(home: Path, recipe: Recipe, *, base_model: Path | None, packaged_bases: Path, store: Path) -> Path:
    """Return the folder of the base that the adapter of the checkpoint in `home` belongs to.

    Raises BadInput where the recipe's base is another one than that.
    """
    base = read_json(home / BASE)
    found = find_base(recipe, base_model=base_model, packaged_bases=packaged_bases, store=store)
    if found.sha256 != base["sha256"]:
        setting = "EDSCRIBE_RECIPE" if isinstance(recipe.base, Packaged) else "EDSCRIBE_BASE_MODEL"
        problem = "not the base that the adapter was trained on"
        raise BadInput(setting, problem, remedy=f"Give {base['name']} as it was, or train the adapter again.")
    return found.folder


def generate_notes(
    base: Path,
    adapters: Sequence[Path | None],
    prompts: list[str],
    references: list[str],
    recipe: Recipe,
    work_dir: Path,
    on_progress: Callable[[dict[str, Any]], None] = lambda event: None,
    *,
    system: str = "",
) -> list[Generated]:
    """Return, for each of `adapters` (None is the base alone), the notes that it writes greedily.

    No note gets longer than the longest of `references` and a fifth. `system` is the specialty's prompt. `work_dir` is
    emptied before and after: it holds prompts and notes. Raises BadInput where an adapter's file is not as it was
    written, and StageFailed with the worker's log where it ends without its result.
    """
    for adapter in filter(None, adapters):
        verify_hashes(adapter)
    shutil.rmtree(work_dir, ignore_errors=True)
    work_dir.mkdir(parents=True)
    pairs = zip(prompts, references, strict=True)
    write_jsonl(work_dir / PROMPTS, ({"prompt": prompt, "reference": reference} for prompt, reference in pairs))
    on_cpu = recipe.implementation == "cpu"
    job = {
        "base": str(base.resolve()),
        "adapters": [None if adapter is None else str(adapter.resolve()) for adapter in adapters],
        "generation": recipe.generation.model_dump(),
        "on_cpu": on_cpu,
        "system": system,
        "thinking": recipe.thinking,
    }
    module = "edscribe_pipelines.train.generation_worker"
    run_worker(module, job, work_dir, threads=recipe.threads, gpu=not on_cpu, on_progress=on_progress)
    if not (work_dir / "generated.json").is_file():
        raise StageFailed(f"the generation worker ended without notes; its log is {work_dir / 'worker.log'}")
    results = read_json(work_dir / "generated.json")
    generated = [Generated([Written(*each) for each in result["written"]], result["seconds"]) for result in results]
    shutil.rmtree(work_dir)
    return generated
