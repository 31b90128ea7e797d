"""A training that is killed again and again, beside one that never was: starting NeMo takes most of its time."""

import random
import time

import pytest

from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.files import read_json, read_jsonl
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases

KILLS, KILLED_BY = 5, 30
"""The worker does not wait for the kill: the steps after the last one are its head start."""

EPOCHS = 16
"""More than the ten after which NeMo ends by itself."""

RECIPE = TINY.model_copy(
    update={"lora": TINY.lora.model_copy(update={"steps": 3 * EPOCHS, "eval_every": 4, "save_every": 4})}
)


class Killed(BaseException):
    """Ends the worker's process group with SIGKILL, wherever it is."""


def killing_after(step: int, delay: float):
    def on_progress(event):
        if event["event"] == "step" and event["step"] >= step:
            time.sleep(delay)
            raise Killed

    return on_progress


def train(cases, recipe, out, on_progress, weights):
    work = out.parent / "work"
    return train_adapter(cases, recipe, work, out, on_progress, specialty=EM, weights=weights)


@pytest.fixture(scope="module")
def finished(weights, tmp_path_factory):
    """The summary and curve of a training without an interruption, and of one with five."""
    chance = random.Random()
    folder, cases, results = tmp_path_factory.mktemp("resumed"), invented_cases(), []
    for name, kills in (("whole", 0), ("killed", KILLS)):
        out = folder / name / "out"
        for step in sorted(chance.sample(range(1, KILLED_BY), kills)):
            with pytest.raises(Killed):
                train(cases, RECIPE, out, killing_after(step, chance.random() / 4), weights)
        train(cases, RECIPE, out, lambda event: None, weights)
        results.append((read_json(out / "summary.json"), read_curve(out)))
    return results


def read_curve(out):
    return [event for _, event in read_jsonl(out / "training.jsonl")]


def test_same_cases_in_the_same_order_at_the_same_rate(finished):
    (_, whole), (_, killed) = finished
    order = [
        [(e["step"], e["tokens"], e["note_tokens"], e["learning_rate"]) for e in curve if e["event"] == "step"]
        for curve in (whole, killed)
    ]
    assert order[0] == order[1]
    assert len(order[0]) == RECIPE.lora.steps


def test_same_losses_and_the_same_adapter_kept(finished):
    (whole, curve), (killed, killed_curve) = finished
    for event, again in zip(curve, killed_curve, strict=True):
        assert (event["event"], event["step"]) == (again["event"], again["step"])
        assert event["loss"] == pytest.approx(again["loss"], abs=1e-3)
    assert whole["kept_step"] == killed["kept_step"]


def test_adapter_of_the_lowest_validation_loss_is_kept(finished):
    summary, curve = finished[0]
    losses = {event["step"]: event["loss"] for event in curve if event["event"] == "validation"}
    assert len(losses) == RECIPE.lora.steps // RECIPE.lora.eval_every
    assert summary["kept_step"] == min(losses, key=losses.get)
    assert summary["validation_loss"] == min(losses.values())


def test_loss_that_is_no_number_stops_the_training_and_says_what_to_do(weights, tmp_path):
    recipe = TINY.model_copy(update={"lora": TINY.lora.model_copy(update={"learning_rate": 1e30})})
    with pytest.raises(StageFailed, match=r"stopped being a number at step [23].* Lower the learning rate"):
        train(invented_cases(), recipe, tmp_path / "out", lambda event: None, weights)
    assert not (tmp_path / "out").exists()


def test_full_disk_says_so_and_the_training_goes_on_once_there_is_room(weights, tmp_path):
    """/dev/full is the kernel's device that is always full: the curve cannot be written to it."""

    def stop(event):
        raise Killed

    with pytest.raises(Killed):
        train(invented_cases(), TINY, tmp_path / "out", stop, weights)
    (folder,) = (tmp_path / "work").iterdir()
    (folder / "curve.jsonl").symlink_to("/dev/full")
    with pytest.raises(StageFailed, match=r"disk of .* is full.*goes on from its last checkpoint"):
        train(invented_cases(), TINY, tmp_path / "out", lambda event: None, weights)
    assert not (tmp_path / "out").exists()
    (folder / "curve.jsonl").unlink()
    assert train(invented_cases(), TINY, tmp_path / "out", lambda event: None, weights)["steps"] == TINY.lora.steps
