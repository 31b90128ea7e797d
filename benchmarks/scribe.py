"""How well the demo's adapter writes: SmolLM2 alone, with three examples, and with adapters that it has learned.

Run from the repository root: `python benchmarks/scribe.py`. The corpus job makes cases of the bundled sample, its
physicians' notes among them, and splits them by patient. On the training split two recipes learn, `smollm2_cpu:plan`
once and `smollm2_cpu` (all linear layers) with as many seeds as `--seeds` says. Then they write the notes of the test
split, and those of a hundred further invented stays, of patients drawn from another seed but from the same table of
complaints. Peers, on the test split alone: the base with the specialty's prompt, and the base with three examples
before it, as earlier turns of the conversation: the three shortest rendered training cases, of three patients, so that
all fits into its context.

With `--mimic DIR` a MIMIC-IV-ED release's own splits follow, without the plan's recipe and the further stays. With
`--from STORE ...` nothing is trained: the adapters of finished `edscribe run` stores write their own test splits and
the further stays, each with its own seed.

The 95 % intervals draw patients, of all seeds together; seeds share the notes that they write. References are rendered
by this project's own template but for the few physicians' notes: the figures say how well that note is learned, not how
good it is for a patient.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from scribe_cases import (
    HELD_OUT,
    packaged_base,
    pipeline_splits,
    read_store,
    sample_splits,
    shortest_examples,
    to_write,
    with_examples,
)
from scribe_figures import Note, score, summarise, table

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.train.base import Weights
from edscribe_pipelines.train.generate import generate_notes
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.recipe import Recipe, load_recipe

SEEDS, SEED = 3, 20_260_101
EM = find_specialty("emergency_medicine")
RECIPE = "smollm2_cpu"
BASE, WITH_EXAMPLES, PLAN, ALL_LINEAR, FINISHED = (
    "base",
    "base with three examples",
    "adapter on plan",
    "adapter on all_linear",
    "adapters of the stores",
)
RESULTS = Path(__file__).parent / "results" / "scribe.jsonl"


class Measured:
    """What has been measured so far: a row a note, and the seconds of each system."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.seconds: list[dict[str, Any]] = []

    def add(
        self, written: pl.DataFrame, generated: Any, *, corpus: str, system: str, seed: str, trained: float
    ) -> None:
        notes = score(written, generated.notes, EM, corpus=corpus, system=system, seed=seed)
        self.notes += notes
        seconds = {"training": round(trained, 1), "writing": generated.seconds, "unfinished": generated.unfinished}
        self.seconds.append({"corpus": corpus, "system": system, "seed": seed, **seconds})
        print(self.seconds[-1], flush=True)
        for row in summarise(notes):
            print(row["set"], {name: mean for name, (mean, _, _) in row["metrics"].items()}, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few steps and notes, to see that it runs; not kept")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"of the adapter on all_linear (default {SEEDS})")
    parser.add_argument("--mimic", type=Path, metavar="DIR", help="a MIMIC-IV-ED release: the folder that holds ed/")
    parser.add_argument("--no-sample", action="store_true", help="only the release that --mimic names")
    parser.add_argument("--no-peers", action="store_true", help="only the adapters on all linear layers")
    parser.add_argument("--from", dest="stores", type=Path, nargs="+", metavar="STORE", help="finished stores")
    chosen = parser.parse_args()
    if chosen.no_sample and chosen.mimic is None:
        parser.error("--no-sample needs --mimic DIR: nothing is left to measure")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if chosen.stores:
            _show(_score_stores(chosen.stores, work, chosen.quick), FINISHED, chosen.quick)
            return
        if not chosen.no_sample:
            _show(_measure("sample", sample_splits(work / "sample"), chosen, work), ALL_LINEAR, chosen.quick)
        if chosen.mimic is not None:
            cases = pipeline_splits(chosen.mimic, None, work / "mimic")
            _show(_measure("mimic", cases, chosen, work), ALL_LINEAR, chosen.quick)


def _show(measured: Measured, judged: str, quick: bool) -> None:
    rows = summarise(measured.notes)
    if not quick:
        _keep({"date": date.today().isoformat(), "rows": rows, "seconds": measured.seconds, **_conditions()})
    for line in table(rows, judged):
        print(line, flush=True)


def _measure(corpus: str, cases: pl.DataFrame, chosen: argparse.Namespace, folder: Path) -> Measured:
    cases, measured = _fewer(cases) if chosen.quick else cases, Measured()
    recipes = {each: _recipe(f"{RECIPE}:{each}", chosen.quick) for each in ("plan", "all_linear")}
    weights = packaged_base(recipes["plan"], folder)
    compared = corpus == "sample"
    written = to_write(cases, EM, limit=1 if chosen.quick else None, further=compared)
    write = partial(_write, base=weights.folder, recipe=recipes["plan"], folder=folder)
    add = partial(measured.add, corpus=corpus)

    if not chosen.no_peers:
        held_out = written.filter(set=HELD_OUT)
        add(held_out, write(held_out, None), system=BASE, seed="-", trained=0.0)
        prompts = _with_examples(cases, held_out, weights.folder)
        shown = write(held_out.with_columns(prompt=pl.Series(prompts)), None)
        add(held_out, shown, system=WITH_EXAMPLES, seed="-", trained=0.0)
    seeds = [SEED + number for number in range(1 if chosen.quick else chosen.seeds)]
    adapters = [(ALL_LINEAR, "all_linear", seed) for seed in seeds]
    if compared and not chosen.no_peers:
        adapters.insert(0, (PLAN, "plan", SEED))
    for system, targets, seed in adapters:
        home = folder / f"{corpus} {targets} {seed}"
        seconds = _train(cases, recipes[targets], home, weights, seed)
        add(written, write(written, home / "adapter"), system=system, seed=str(seed), trained=seconds)
    return measured


def _with_examples(cases: pl.DataFrame, written: pl.DataFrame, base: Path) -> list[str]:
    from transformers import AutoTokenizer

    tokenizer, examples = AutoTokenizer.from_pretrained(base), shortest_examples(cases)
    prompts = [with_examples(tokenizer, examples, prompt, EM.prompt) for prompt in written["prompt"]]
    longest = max(map(len, tokenizer(prompts)["input_ids"]))
    print(f"three examples and a prompt have {longest} tokens at most", flush=True)
    return prompts


def _score_stores(stores: list[Path], folder: Path, quick: bool) -> Measured:
    measured = Measured()
    for path in stores:
        store = read_store(path, EM)
        recipe = _shorter(store.recipe) if quick else store.recipe
        written = to_write(store.cases, EM, limit=1 if quick else None, further=True)
        generated = _write(written, store.adapter, base=store.base, recipe=recipe, folder=folder)
        seed = f"{store.seed} ({store.name})"
        measured.add(written, generated, corpus="stores", system=FINISHED, seed=seed, trained=store.training_seconds)
    return measured


def _train(cases: pl.DataFrame, recipe: Recipe, home: Path, weights: Weights, seed: int) -> float:
    started = time.monotonic()
    work = home.with_name(f"{home.name} work")
    train_adapter(cases, recipe, work, home, _tell, specialty=EM, weights=weights, seed=seed)
    return time.monotonic() - started


def _write(written: pl.DataFrame, adapter: Path | None, *, base: Path, recipe: Recipe, folder: Path) -> Any:
    prompts, references = written["prompt"].to_list(), written["completion"].to_list()
    (generated,) = generate_notes(base, [adapter], prompts, references, recipe, folder / "writing", system=EM.prompt)
    return generated


def _tell(event: dict[str, Any]) -> None:
    if event["event"] == "step":
        print(f"step {event['step']} of {event['of']}, loss {event['loss']:.3f}", flush=True)


def _recipe(name: str, quick: bool) -> Recipe:
    return _shorter(load_recipe(name)) if quick else load_recipe(name)


def _shorter(recipe: Recipe) -> Recipe:
    lora = recipe.lora.model_copy(update={"steps": 2, "warm_up_steps": 1, "eval_every": 2, "save_every": 2})
    generation = recipe.generation.model_copy(update={"max_new_tokens": 24})
    return recipe.model_copy(update={"batch_size": 1, "lora": lora, "generation": generation})


def _fewer(cases: pl.DataFrame) -> pl.DataFrame:
    """Return some of the cases of each split, rendered ones first, each of another patient."""
    kept = {"train": 6, "validation": 1, "test": 1}
    of_each = cases.sort("tier", descending=True).unique("patient_key", keep="first", maintain_order=True)
    return pl.concat([of_each.filter(split=split).head(number) for split, number in kept.items()])


def _conditions() -> dict[str, Any]:
    packages = ("nemo-automodel", "transformers", "torch", "bert-score", "rouge-score-rs")
    recipe = load_recipe(RECIPE).model_dump(mode="json", include={"batch_size", "max_gradient_norm", "lora"})
    versions = {name: version(name) for name in packages}
    return {"recipe": recipe, "versions": versions, "machine_cores": os.cpu_count()}


def _keep(result: dict[str, Any]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
