"""The recipe's curve against a loop written by hand with transformers and peft: `benchmarks/train_peer.py`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.files import read_jsonl, write_jsonl
from edscribe_pipelines.train.child import run_worker
from edscribe_pipelines.train.worker import Job, build
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
STEPS = 20
LORA = TINY.lora.model_copy(update={"steps": STEPS, "warm_up_steps": 3, "eval_every": STEPS, "save_every": STEPS})
RECIPE = TINY.model_copy(update={"lora": LORA})

Curve = list[dict[str, Any]]


@pytest.fixture(scope="module")
def curves(saved_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Curve, Curve]:
    folder = tmp_path_factory.mktemp("curves")
    train = invented_cases().filter(split="train").select("prompt", "completion").to_dicts()
    write_jsonl(folder / "train.jsonl", train)
    write_jsonl(folder / "validation.jsonl", [])
    shutil.copytree(saved_weights, folder / "base")
    build(Job(folder, RECIPE, 0, EM, folder / "base"), lambda event: None)
    job = {"recipe": RECIPE.model_dump(), "seed": 0, "specialty": EM.name}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(BENCHMARKS))
        for module in ("train_ours", "train_peer"):
            run_worker(module, job, folder, threads=RECIPE.threads, on_progress=lambda event: None)
    ours = [event for _, event in read_jsonl(folder / "curve.jsonl") if event["event"] == "step"]
    return ours, [step for _, step in read_jsonl(folder / "peer.jsonl")]


def test_twenty_losses_equal_those_of_plain_peft(curves: tuple[Curve, Curve]) -> None:
    """The bar is 1e-2; in fp32 both are the same sums in another order, and 1e-4 holds."""
    differences = [abs(ours["loss"] - peer["loss"]) for ours, peer in zip(*curves, strict=True)]
    assert len(differences) == STEPS
    assert max(differences) < 1e-4


def test_the_loss_moves_far_more_than_the_curves_may_differ(curves: tuple[Curve, Curve]) -> None:
    ours, _ = curves
    assert ours[0]["loss"] - ours[-1]["loss"] > 0.1


def test_both_read_the_same_cases_in_the_same_order(curves: tuple[Curve, Curve]) -> None:
    ours, peer = ([step["tokens"] for step in curve] for curve in curves)
    assert ours == peer
    assert len(set(ours)) > 1
