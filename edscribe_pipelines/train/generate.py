"""Notes written by the base alone and by the base with an adapter, in one worker process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.files import read_json, write_jsonl
from edscribe_pipelines.train.card import verify_hashes
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.preflight.hashes import hash_base
from edscribe_pipelines.train.preflight.run import HASHES
from edscribe_pipelines.train.process import BASE
from edscribe_pipelines.train.recipe import Recipe


class Generated(NamedTuple):
    """One note per prompt, in order. `unfinished` counts those that reached the recipe's `max_new_tokens`
    and those whose answer never ended its thought: they are empty."""

    notes: list[str]
    unfinished: int
    seconds: float


def base_of(home: Path, base_model: Path | None, store: Path) -> Path:
    """Return the folder of the base that the adapter of the checkpoint in `home` belongs to.

    Raises BadInput where `base_model` is another base than the one it was trained on.
    """
    if (home / "base").is_dir():
        return home / "base"
    base = read_json(home / BASE)
    if base_model is None or not base_model.is_dir():
        raise BadInput("EDSCRIBE_BASE_MODEL", "no such folder", remedy=f"Give the folder of {base['name']}.")
    if hash_base(base_model, store / HASHES)[0] != base["sha256"]:
        raise BadInput(
            "EDSCRIBE_BASE_MODEL",
            "not the base that the adapter was trained on",
            remedy=f"Give the folder of {base['name']} as it was, or train the adapter again.",
        )
    return base_model


def generate_notes(
    base: Path,
    adapters: Sequence[Path | None],
    prompts: list[str],
    recipe: Recipe,
    work_dir: Path,
    on_progress: Callable[[dict[str, Any]], None] = lambda event: None,
    *,
    system: str = "",
) -> list[Generated]:
    """Return, for each of `adapters` (None is the base alone), the notes that beam search writes.

    `system` is the specialty's prompt. `work_dir` is emptied before and after: it holds prompts and notes.
    Raises BadInput where an adapter's file is not as it was written, and StageFailed with
    the worker's log where it ends without its result.
    """
    for adapter in filter(None, adapters):
        verify_hashes(adapter)
    shutil.rmtree(work_dir, ignore_errors=True)
    work_dir.mkdir(parents=True)
    write_jsonl(work_dir / "prompts.jsonl", ({"prompt": prompt} for prompt in prompts))
    job = {
        "base": str(base.resolve()),
        "adapters": [None if adapter is None else str(adapter.resolve()) for adapter in adapters],
        "generation": recipe.generation.model_dump(),
        "system": system,
        "thinking": recipe.thinking,
    }
    module = "edscribe_pipelines.train.generation_worker"
    run_worker(module, job, work_dir, threads=recipe.threads, on_progress=on_progress)
    if not (work_dir / "generated.json").is_file():
        raise StageFailed(f"the generation worker ended without notes; its log is {work_dir / 'worker.log'}")
    generated = [Generated(**result) for result in read_json(work_dir / "generated.json")]
    shutil.rmtree(work_dir)
    return generated
