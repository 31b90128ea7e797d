"""What an adapter on the plan's layers learns, and what one on the hybrid's: the same base, steps, seed and cases.

Run from the repository root: `python benchmarks/lora_targets.py` (`--quick` proves in two minutes that it runs; its
figures say nothing). The base is `tiny_base.py`'s: a NemotronH of a million parameters that has learned to write SOAP
notes from random. From it each adapter learns the twelve sections, trained by the product's worker, on `plan` (q/k/v/o)
and on `hybrid` (those and in_proj, up_proj, down_proj), rank 32. Then base and adapters write the notes of patients
that none of them has read. Completeness counts sections that are there, not whether they are right: the validation loss
tells more of that.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

import orjson
import polars as pl
from tiny_base import NAME, make_base
from train_cases import rendered_cases

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.evaluate.structure import score_structure
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.train.base import Weights
from edscribe_pipelines.train.generate import generate_notes
from edscribe_pipelines.train.preflight.hashes import HASHES, hash_base
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.recipe import Pretrained, Recipe, load_recipe

PATIENTS, SEED = 64, 0
TARGETS = ("plan", "hybrid")
FULL = {"base": 300, "lora": 300, "every": 50, "notes": 16, "tokens": 640}
QUICK = {"base": 4, "lora": 4, "every": 2, "notes": 2, "tokens": 16}
LAST_STEPS = 50
"""Over which the final training loss is a mean: that of one step depends on its four cases."""

EM = find_specialty("emergency_medicine")
RESULTS = Path(__file__).parent / "results" / "lora_targets.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few steps, to see that it runs; nothing is kept")
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
    cases = _split(rendered_cases(PATIENTS))
    train = cases.filter(split="train").select("prompt", "completion").to_dicts()
    base_loss = make_base(folder / "base", train, steps=sizes["base"], seed=SEED, on_step=_show_step)
    weights = Weights(folder / "base", hash_base(folder / "base", folder / HASHES)[0])
    recipes = {targets: _recipe(targets, sizes) for targets in TARGETS}
    figures = {targets: _train(folder / targets, cases, recipe, weights) for targets, recipe in recipes.items()}
    written = cases.filter(split="test").head(sizes["notes"])
    notes = generate_notes(
        weights.folder,
        [None, *(folder / targets / "adapter" for targets in TARGETS)],
        written["prompt"].to_list(),
        written["completion"].to_list(),
        recipes["plan"],
        folder / "notes",
        system=EM.prompt,
    )
    for name, generated in zip(("base alone", *TARGETS), notes, strict=True):
        figures[name] = figures.get(name, {}) | _completeness(generated.notes)
    return {
        "date": date.today().isoformat(),
        "sizes": sizes,
        "rank": recipes["plan"].lora.rank,
        "cases": {split: cases.filter(split=split).height for split in ("train", "validation")},
        "base_loss": round(base_loss, 4),
        **figures,
        "versions": {name: version(name) for name in ("nemo-automodel", "transformers", "torch")},
        "machine_cores": os.cpu_count(),
    }


def _recipe(targets: str, sizes: dict[str, int]) -> Recipe:
    """Return the demo's recipe as the hybrid needs it: transformers' class in fp32, more steps at a higher rate."""
    recipe = load_recipe(f"smollm2_cpu:{targets}")
    lora = {
        "steps": sizes["lora"],
        "learning_rate": 3e-3,
        "eval_every": sizes["every"],
        "save_every": sizes["every"],
        "keep": "lowest_validation",
    }
    return recipe.model_copy(
        update={
            "base": Pretrained(kind="pretrained", name=NAME),
            "implementation": "transformers",
            "precision": "fp32",
            "lora": recipe.lora.model_copy(update=lora),
            "generation": recipe.generation.model_copy(update={"max_new_tokens": sizes["tokens"]}),
        }
    )


def _split(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the cases with their split, no patient in two of them."""
    patients = cases["patient_key"].unique(maintain_order=True).shuffle(SEED)
    first, second = int(0.7 * len(patients)), int(0.8 * len(patients))
    of_patient = {
        patient: "train" if number < first else "validation" if number < second else "test"
        for number, patient in enumerate(patients)
    }
    return cases.with_columns(split=pl.col("patient_key").replace_strict(of_patient, return_dtype=pl.String))


def _train(home: Path, cases: pl.DataFrame, recipe: Recipe, weights: Weights) -> dict[str, Any]:
    show = partial(_show_validation, home.name)
    work = home.with_name(f"{home.name}_work")
    summary = train_adapter(cases, recipe, work, home, show, specialty=EM, weights=weights, seed=SEED)
    losses = [event["loss"] for _, event in read_jsonl(home / "training.jsonl") if event["event"] == "step"]
    return {
        "trainable_parameters": summary["trainable_parameters"],
        "base_parameters": summary["base_parameters"],
        "first_loss": summary["loss_first"],
        "final_loss": round(fmean(losses[-LAST_STEPS:]), 4),
        "validation_loss": summary["validation_loss"],
        "kept_step": summary["kept_step"],
        "seconds": summary["seconds"],
    }


def _show_step(step: int, loss: float) -> None:
    if step % 50 == 0:
        print(f"base, step {step}: loss {loss:.3f}", flush=True)


def _show_validation(name: str, event: dict[str, Any]) -> None:
    if event["event"] == "validation":
        print(f"{name}, step {event['step']}: validation loss {event['loss']}", flush=True)


def _completeness(notes: list[str]) -> dict[str, float]:
    scores = [score_structure(note, EM.sections) for note in notes]
    return {
        "section_completeness": round(fmean(score["completeness"] for score in scores), 4),
        "notes_with_all_sections": round(fmean(score["complete_notes"] for score in scores), 4),
    }


if __name__ == "__main__":
    main()
