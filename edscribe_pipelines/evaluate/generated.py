"""The notes of a month's test cases by each system: the base alone, the adapter, and the champion of before.

They are kept, so that an evaluation can be made again without an accelerator, and read without a model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import to_frame
from edscribe_pipelines.clinical.specialties import Specialty, note_of
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import read_json
from edscribe_pipelines.train.base import BASE
from edscribe_pipelines.train.generate import Written, generate_notes
from edscribe_pipelines.train.recipe import Recipe

NOTES = "notes.parquet"


class GeneratedNote(TypedDict):
    """One note. `system` is one of `compare.SYSTEMS`, `model` the base's name; `adapter_sha256` is None for the base
    alone, `prompt_sha256` that of the specialty's prompt and the case's. `ended` is False at the limit of tokens."""

    case_id: str
    patient_key: str
    data_use: str
    system: str
    model: str
    adapter_sha256: str | None
    prompt_sha256: str
    note: str
    tokens: int
    seconds: float
    ended: bool


class System(NamedTuple):
    """`checkpoint` holds `adapter/`, None for the base alone."""

    name: str
    checkpoint: Path | None


def test_cases(cases: pl.DataFrame, recipe: Recipe, specialty: Specialty, where: str) -> list[dict[str, Any]]:
    """Return the cases of the test split, `max_cases` at most, with the sections of the specialty's note.

    Raises BadInput naming `where` if there is none.
    """
    tested = cases.filter(pl.col("split") == "test").head(recipe.generation.max_cases).to_dicts()
    if not tested:
        raise BadInput(where, "no test case", remedy="Add stays: ten patients make one test patient.")
    return [case | {"completion": note_of(specialty, case["completion"])} for case in tested]


def generate_systems(
    cases: Sequence[dict[str, Any]],
    systems: Sequence[System],
    base: Path,
    recipe: Recipe,
    specialty: Specialty,
    work: Path,
    folder: Path,
) -> dict[str, Any]:
    """Write the notes of `systems`, all on the same `base`, for `cases` to `folder` and return counts."""
    adapters = [None if system.checkpoint is None else system.checkpoint / "adapter" for system in systems]
    prompts, references = [case["prompt"] for case in cases], [case["completion"] for case in cases]
    generated = generate_notes(base, adapters, prompts, references, recipe, work, system=specialty.prompt)
    rows = [
        _row(case, system, written, recipe, specialty)
        for system, by_system in zip(systems, generated, strict=True)
        for case, written in zip(cases, by_system.written, strict=True)
    ]
    to_frame(GeneratedNote, rows).write_parquet(folder / NOTES)
    return {
        "notes": len(rows),
        "test_cases": len(cases),
        "unfinished_notes": {system.name: each.unfinished for system, each in zip(systems, generated, strict=True)},
        "generation_seconds": round(sum(each.seconds for each in generated), 1),
    }


def adapter_sha256(checkpoint: Path) -> str:
    with (checkpoint / "adapter" / "adapter_model.safetensors").open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def same_base(checkpoint: Path, other: Path) -> bool:
    """Return whether the adapters of two checkpoints belong to the same base."""
    return bool(read_json(checkpoint / BASE) == read_json(other / BASE))


def _row(case: dict[str, Any], system: System, written: Written, recipe: Recipe, specialty: Specialty) -> GeneratedNote:
    return {
        "case_id": case["case_id"],
        "patient_key": case["patient_key"],
        "data_use": case["data_use"],
        "system": system.name,
        "model": recipe.base.name,
        "adapter_sha256": None if system.checkpoint is None else adapter_sha256(system.checkpoint),
        "prompt_sha256": hashlib.sha256(f"{specialty.prompt}\x1f{case['prompt']}".encode()).hexdigest(),
        "note": written.note,
        "tokens": written.tokens,
        "seconds": written.seconds,
        "ended": written.ended,
    }
