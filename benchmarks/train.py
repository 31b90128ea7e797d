"""How fast the LoRA stage trains, and whether it learns what plain transformers and peft learn from the same cases.

Run from the repository root: `python benchmarks/train.py`. On a CPU it runs twenty steps of the recipe `smollm2_cpu`,
with dropout 0, on its packaged base, with cases of the sample's invented patients. The peer (`train_peer.py`) is a
hand-written loop on the same lessons in the same order, from the same adapter, with the same schedule and clipping, in
the same environment: one case at a time, gradients added up, autocast to bf16. Both run in processes of their own, in
turns. A token is one of the cases' own, each case whole with its system prompt, on both sides; ours computes the prompt
that the cases of a step share once. A machine that others share only ever adds to a step's time: so the rate is tokens
by seconds, each step's being those of its fastest run. The first two steps and all loading are left out.

In bf16 both curves carry its rounding. So twenty steps follow in fp32, of two cases each, the shortest of the sample,
where only the order of sums differs (`--no-fp32` leaves them out; a processor without bf16 trains in fp32 anyway).

Where there is a CUDA device, `train_gpu.py` measures the architecture of Nemotron Nano 9B v2 on it as well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from train_cases import rendered_cases
from train_gpu import measure_gpu

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.files import read_json, read_jsonl, write_jsonl
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import find_folder
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.on_cpu.precision import in_native_precision
from edscribe_pipelines.train.recipe import Recipe, load_recipe
from edscribe_pipelines.train.worker import Job, build

PATIENTS, STEPS, NOT_TIMED, SEED = 64, 20, 2, 0
RUNS = 2
FP32_CASES, FP32_CASES_PER_STEP = 16, 2
SPECIALTY = "emergency_medicine"
BARS = {"ratio": 1.0, "max_loss_difference": 1e-2, "max_loss_difference_fp32": 1e-2}
RESULTS = Path(__file__).parent / "results" / "train.jsonl"

Steps = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three short steps, to see that it runs; nothing is kept")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of both sides, in turns (default {RUNS})")
    parser.add_argument("--no-fp32", action="store_true", help="the curve in bf16 alone")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _show(_measure_cpu(Path(folder), chosen), keep=not chosen.quick)
    for result in measure_gpu():
        _show(result, keep=True)


def _measure_cpu(folder: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    recipe = in_native_precision(_recipe(NOT_TIMED + 1 if chosen.quick else STEPS))
    cases = rendered_cases(PATIENTS)
    short = cases.sort(pl.col("prompt").str.len_bytes() + pl.col("completion").str.len_bytes()).head(FP32_CASES)
    shorter = recipe.model_copy(
        update={"precision": "fp32", "batch_size": FP32_CASES_PER_STEP, "gradient_accumulation": 1}
    )
    weights = find_folder(recipe, base_model=None, packaged_bases=Settings().packaged_bases, store=folder)
    # both sides are modules beside this file
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    first = shorter.model_copy(update={"precision": recipe.precision}) if chosen.quick else recipe
    job = _prepare(folder / "native", first, short if chosen.quick else cases, weights)
    measured = [_run_both(job, folder / "native", first) for _ in range(1 if chosen.quick else chosen.runs)]
    ours, peer = (_figures([run[side] for run in measured]) for side in ("ours", "peer"))
    exact = None
    if not chosen.no_fp32:
        job = _prepare(folder / "fp32", shorter, short, weights)
        exact = _differences(_run_both(job, folder / "fp32", shorter))
    differences = max((_differences(run) for run in measured), key=lambda each: each["max"])
    return {
        "date": date.today().isoformat(),
        "part": "cpu",
        "recipe": "smollm2_cpu, dropout 0",
        "precision": first.precision,
        "steps": first.lora.steps,
        "cases_per_step": first.cases_per_step,
        "runs": len(measured),
        "ours": ours,
        "peer": peer,
        "ratio": round(ours["tokens_per_second"] / peer["tokens_per_second"], 3),
        "max_loss_difference": differences["max"],
        "losses": differences,
        "max_loss_difference_fp32": exact["max"] if exact else None,
        "losses_fp32": exact,
        "threads": recipe.threads,
        "versions": {name: version(name) for name in ("nemo-automodel", "transformers", "peft", "torch")},
        "machine_cores": os.cpu_count(),
        "load_after": round(os.getloadavg()[0], 1),
    }


def _recipe(steps: int) -> Recipe:
    recipe = load_recipe("smollm2_cpu")
    changed = {"steps": steps, "eval_every": steps, "save_every": steps, "dropout": 0.0}
    return recipe.model_copy(update={"lora": recipe.lora.model_copy(update=changed)})


def _prepare(folder: Path, recipe: Recipe, cases: pl.DataFrame, weights: Path) -> dict[str, Any]:
    """Write the lessons into the job's folder, as the worker's first step does; return the job."""
    folder.mkdir()
    write_jsonl(folder / "train.jsonl", cases.select("prompt", "completion").to_dicts())
    write_jsonl(folder / "validation.jsonl", [])
    build(Job(folder, recipe, SEED, find_specialty(SPECIALTY), weights), lambda event: None)
    return {"recipe": recipe.model_dump(), "seed": SEED, "specialty": SPECIALTY, "weights": str(weights)}


def _run_both(job: dict[str, Any], folder: Path, recipe: Recipe) -> dict[str, Steps]:
    (folder / "curve.jsonl").unlink(missing_ok=True)
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    for module in ("train_ours", "train_peer"):
        run_worker(module, job, folder, threads=recipe.threads, gpu=False, on_progress=lambda event: None)
    peer = [step for _, step in read_jsonl(folder / "peer.jsonl")]
    ours = [step for _, step in read_jsonl(folder / "curve.jsonl") if step["event"] == "step"]
    assert [step["note_tokens"] for step in ours] == [step["note_tokens"] for step in peer]
    lengths = pl.read_parquet(folder / "lessons" / "train.parquet")["input_ids"].list.len() - 1
    for step, numbers in zip(ours, read_json(folder / "order.json"), strict=True):
        # NeMo's rate counts the tokens of the shared row
        step["seconds"] = step["tokens"] / step["tokens_per_second"]
        step["tokens"] = lengths.gather(numbers).sum()
    runs = {"ours": ours, "peer": peer}
    print({side: _figures([steps]) for side, steps in runs.items()}, flush=True)
    return runs


def _differences(run: dict[str, Steps]) -> dict[str, float]:
    ours, peer = ([step["loss"] for step in run[side]] for side in ("ours", "peer"))
    apart = [abs(one - other) for one, other in zip(ours, peer, strict=True)]
    return {"max": max(apart), "mean": sum(apart) / len(apart), "first": ours[0], "last": ours[-1]}


def _figures(runs: list[Steps]) -> dict[str, float]:
    fastest = [min(same, key=lambda step: step["seconds"]) for same in zip(*runs, strict=True)][NOT_TIMED:]
    rate = sum(step["tokens"] for step in fastest) / sum(step["seconds"] for step in fastest)
    memory = max(step["memory_gib"] for steps in runs for step in steps)
    return {"tokens_per_second": round(rate, 1), "memory_gib": round(memory, 2)}


def _show(result: dict[str, Any], *, keep: bool) -> None:
    if keep:
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("ab") as results:
            results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    for line in _lines(result):
        print(line)


def _lines(result: dict[str, Any]) -> Iterator[str]:
    for name, figure in result.items():
        yield f"{name}: {figure}"
    if result["part"] != "cpu":
        return
    for name, bar in BARS.items():
        if result[name] is not None:
            met = result[name] >= bar if name == "ratio" else result[name] <= bar
            yield f"bar of {name}, {bar}: {'met' if met else 'MISSED'}"


if __name__ == "__main__":
    main()
