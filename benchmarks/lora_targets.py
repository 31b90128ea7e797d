"""What an adapter on the plan's layers learns, and what one on the hybrid's: the same base, steps, seed and cases.

Run from the repository root: `python benchmarks/lora_targets.py` (`--quick` proves in two minutes that it runs; its
figures say nothing). The recipe is `tiny_cpu` with fewer steps. Its base is warmed once, on SOAP notes; from it each
adapter learns the twelve sections on `plan` (q/k/v/o) and on `hybrid` (those and in_proj, up_proj, down_proj), rank 32.
Then base and adapters write the notes of patients that none of them has read. Completeness counts sections that are
there, not whether they are right: the validation loss tells more of that.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

import orjson
import polars as pl
from train_cases import rendered_cases

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.evaluate.structure import score_structure
from edscribe_pipelines.files import read_json, read_jsonl, write_jsonl
from edscribe_pipelines.train.card import write_hashes
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.generate import generate_notes
from edscribe_pipelines.train.recipe import TARGETS, Recipe, load_recipe

PATIENTS, SEED = 64, 0
FULL = {"warm_up": 300, "lora": 300, "every": 50, "notes": 16}
QUICK = {"warm_up": 4, "lora": 4, "every": 2, "notes": 2}
LAST_STEPS = 50
"""Over which the final training loss is a mean: that of one step depends on its four cases."""

EM = find_specialty("emergency_medicine")
RESULTS = Path(__file__).parent / "results" / "lora_targets.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few steps, to see that it runs")
    sizes = QUICK if parser.parse_args().quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        result = _measure(Path(folder), sizes)
    if sizes is FULL:
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("ab") as results:
            results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for name, figure in result.items():
        print(f"{name}: {figure}")


def _measure(folder: Path, sizes: dict[str, int]) -> dict[str, Any]:
    train, validation, test = _split(rendered_cases(PATIENTS))
    recipes = {targets: _recipe(targets, sizes) for targets in TARGETS}
    homes: dict[str, Path] = {}
    for targets, recipe in recipes.items():
        homes[targets] = folder / targets
        _begin(homes[targets], warmed=next(iter(homes.values())), cases={"train": train, "validation": validation})
        _train(homes[targets], recipe)
    prompts = test["prompt"].head(sizes["notes"]).to_list()
    some = recipes["plan"]
    adapters = [None, *(home / "adapter" for home in homes.values())]
    written = generate_notes(homes["plan"] / "base", adapters, prompts, some, folder / "notes", system=EM.prompt)
    figures = {targets: _figures(homes[targets]) for targets in homes}
    for name, generated in zip(("base alone", *homes), written, strict=True):
        figures[name] = figures.get(name, {}) | _completeness(generated.notes)
    return {
        "date": date.today().isoformat(),
        "steps": sizes,
        "rank": some.lora.rank,
        "cases": {"train": train.height, "validation": validation.height, "notes": len(prompts)},
        **figures,
        "versions": {name: version(name) for name in ("nemo-automodel", "transformers", "torch")},
        "machine_cores": os.cpu_count(),
    }


def _recipe(targets: str, sizes: dict[str, int]) -> Recipe:
    recipe = load_recipe(f"tiny_cpu:{targets}")
    assert recipe.warm_up is not None
    every = {"eval_every": sizes["every"], "save_every": sizes["every"], "warm_up_steps": 2}
    return recipe.model_copy(
        update={
            "warm_up": recipe.warm_up.model_copy(update={"steps": sizes["warm_up"], **every}),
            "lora": recipe.lora.model_copy(update={"steps": sizes["lora"], **every}),
            "generation": recipe.generation.model_copy(update={"beams": 1}),
        }
    )


def _split(cases: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return cases to train on, to validate and to write, no patient in two of them."""
    patients = cases["patient_key"].unique(maintain_order=True)
    first, second = int(0.7 * len(patients)), int(0.8 * len(patients))
    parts = (patients[:first], patients[first:second], patients[second:])
    train, validation, test = (cases.filter(pl.col("patient_key").is_in(part.to_list())) for part in parts)
    return train, validation, test


def _begin(home: Path, warmed: Path, cases: dict[str, pl.DataFrame]) -> None:
    """Write the job's folder; all but the first take tokenizer, lessons and base from `warmed`, the first."""
    home.mkdir()
    for split, part in cases.items():
        write_jsonl(home / f"{split}.jsonl", part.select("prompt", "completion").to_dicts())
    if warmed != home:
        for part_of_job in ("start", "base"):
            shutil.copytree(warmed / part_of_job, home / part_of_job)


def _train(home: Path, recipe: Recipe) -> None:
    job = {
        "recipe": recipe.model_dump(),
        "seed": SEED,
        "specialty": asdict(EM),
        "weights": None,
    }

    def show(event: dict[str, Any]) -> None:
        if event["event"] == "validation":
            print(f"{home.name}, {event['stage']}, step {event['step']}: validation loss {event['loss']}", flush=True)

    run_worker("edscribe_pipelines.train.worker", job, home, threads=recipe.threads, on_progress=show)
    write_hashes(home / "adapter")


def _figures(home: Path) -> dict[str, Any]:
    curve = [event for _, event in read_jsonl(home / "curve.jsonl") if event["stage"] == "lora"]
    losses = [event["loss"] for event in curve if event["event"] == "step"]
    return {
        "trainable_parameters": read_json(home / "lora_parameters.json")["trainable"],
        "first_loss": losses[0],
        "final_loss": round(fmean(losses[-LAST_STEPS:]), 4),
        "validation_loss": min(event["loss"] for event in curve if event["event"] == "validation"),
    }


def _completeness(notes: list[str]) -> dict[str, float]:
    scores = [score_structure(note, EM.sections) for note in notes]
    return {
        "section_completeness": round(fmean(score["completeness"] for score in scores), 4),
        "notes_with_all_sections": round(fmean(score["complete_notes"] for score in scores), 4),
    }


if __name__ == "__main__":
    main()
