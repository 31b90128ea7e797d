"""How fast the LoRA stage trains, and whether it learns what plain transformers and peft learn from the same cases.

Run from the repository root: `python benchmarks/train.py`. On a CPU it runs twenty steps of the recipe `tiny_cpu`,
with dropout 0, from its base before the warm-up (speed does not depend on the values), with cases of the sample's
invented patients. The peer (`train_peer.py`) is a hand-written loop on the same lessons in the same order, from the
same adapter, with the same schedule and clipping, in the same environment. Both run in processes of their own, in
turns. A machine that others share only ever adds to a step's time: so the rate is tokens by seconds, each step's being
those of its fastest run. The first two steps and all loading are left out.

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
from train_cases import rendered_cases
from train_flops import flops_per_token, peak_of_cpu
from train_gpu import measure_gpu

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.files import read_json, read_jsonl, write_jsonl
from edscribe_pipelines.train.architecture import describe_architecture, read_config
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.recipe import Recipe, load_recipe
from edscribe_pipelines.train.worker import Job, build

PATIENTS, STEPS, NOT_TIMED, SEED = 64, 20, 2, 0
RUNS = 7
SPECIALTY = "emergency_medicine"
BARS = {"max_loss_difference": 1e-2, "ratio": 1.0}
RESULTS = Path(__file__).parent / "results" / "train.jsonl"

Steps = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run, not kept, instead of seven")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        _show(_measure_cpu(Path(folder), runs=1 if quick else RUNS), keep=not quick)
    for result in measure_gpu():
        _show(result, keep=True)


def _measure_cpu(folder: Path, runs: int) -> dict[str, Any]:
    recipe = _recipe()
    job = _prepare(folder, recipe)
    measured = [_run_both(job, folder, recipe) for _ in range(runs)]
    ours, peer = (_figures([run[side] for run in measured]) for side in ("ours", "peer"))
    architecture = describe_architecture(read_config(folder / "base"))
    flops = flops_per_token(architecture, read_json(folder / "lora_parameters.json")["trainable"])
    peak = peak_of_cpu(recipe.threads)
    return {
        "date": date.today().isoformat(),
        "part": "cpu",
        "steps": STEPS,
        "runs": runs,
        "ours": ours | {"mfu": round(ours["tokens_per_second"] * flops / peak, 4)},
        "peer": peer | {"mfu": round(peer["tokens_per_second"] * flops / peak, 4)},
        "ratio": round(ours["tokens_per_second"] / peer["tokens_per_second"], 3),
        "max_loss_difference": max(_difference(run["ours"], run["peer"]) for run in measured),
        "peak_gflops_measured": round(peak / 1e9, 1),
        "mflop_per_token": round(flops / 1e6, 2),
        "threads": recipe.threads,
        "versions": {name: version(name) for name in ("nemo-automodel", "transformers", "peft", "torch")},
        "machine_cores": os.cpu_count(),
        "load_after": round(os.getloadavg()[0], 1),
    }


def _recipe() -> Recipe:
    recipe = load_recipe("tiny_cpu")
    changed = {"steps": STEPS, "eval_every": STEPS, "save_every": STEPS, "warm_up_steps": 5, "dropout": 0.0}
    return recipe.model_copy(update={"lora": recipe.lora.model_copy(update=changed)})


def _prepare(folder: Path, recipe: Recipe) -> dict[str, Any]:
    """Write lessons and base into the job's folder, as the worker's first step does, without a warm-up."""
    write_jsonl(folder / "train.jsonl", rendered_cases(PATIENTS).select("prompt", "completion").to_dicts())
    write_jsonl(folder / "validation.jsonl", [])
    build(Job(folder, recipe, SEED, find_specialty(SPECIALTY), None), lambda event: None)
    shutil.copytree(folder / "start" / "model", folder / "base")
    # both sides are modules beside this file
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    return {"recipe": recipe.model_dump(), "seed": SEED, "specialty": SPECIALTY}


def _run_both(job: dict[str, Any], folder: Path, recipe: Recipe) -> dict[str, Steps]:
    for leftover in ("curve.jsonl", "checkpoints"):
        _remove(folder / leftover)
    for module in ("train_ours", "train_peer"):
        run_worker(module, job, folder, threads=recipe.threads, on_progress=lambda event: None)
    ours = [step for _, step in read_jsonl(folder / "curve.jsonl") if step["event"] == "step"]
    ours = [step | {"seconds": step["tokens"] / step["tokens_per_second"]} for step in ours]
    peer = [step for _, step in read_jsonl(folder / "peer.jsonl")]
    assert [step["tokens"] for step in ours] == [step["tokens"] for step in peer]
    runs = {"ours": ours, "peer": peer}
    print({side: _figures([steps]) for side, steps in runs.items()}, flush=True)
    return runs


def _difference(ours: Steps, peer: Steps) -> float:
    return max(abs(one["loss"] - other["loss"]) for one, other in zip(ours, peer, strict=True))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


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
    if result["part"] == "cpu":
        met = result["max_loss_difference"] <= BARS["max_loss_difference"], result["ratio"] >= BARS["ratio"]
        yield f"bars {BARS}: {' and '.join('met' if each else 'MISSED' for each in met)}"


if __name__ == "__main__":
    main()
