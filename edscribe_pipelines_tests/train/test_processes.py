"""The same training by one process, and by two over gloo as torchrun starts them: each with all weights (DDP), and
sharing them (FSDP2)."""

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases

FITTING = 10
"""Cases that are short enough: each step reads them all, so that their order in it does not matter."""


@pytest.fixture(scope="module")
def outs(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    trained = {}
    for name, processes, sharding in (("one", 1, "ddp"), ("ddp", 2, "ddp"), ("fsdp2", 2, "fsdp2")):
        recipe = TINY.model_copy(
            update={
                "batch_size": FITTING // processes,
                "processes": processes,
                "sharding": sharding,
            }
        )
        trained[name] = folder / name / "out"
        work = folder / name / "work"
        train_adapter(invented_cases(), recipe, work, trained[name], lambda event: None, specialty=EM, weights=weights)
    return trained


def steps(out):
    return [event for _, event in read_jsonl(out / "training.jsonl") if event["event"] == "step"]


def test_two_processes_learn_what_one_does(outs):
    alone, both = steps(outs["one"]), steps(outs["ddp"])
    for one, two in zip(alone, both, strict=True):
        assert one["note_tokens"] == two["note_tokens"]
        assert one["loss"] == pytest.approx(two["loss"], abs=1e-4)


def test_an_adapter_that_is_shared_learns_as_well_from_another_draw_of_its_first_weights(outs):
    alone, both = steps(outs["one"]), steps(outs["fsdp2"])
    assert both[0]["loss"] == pytest.approx(alone[0]["loss"], abs=1e-4)  # an adapter starts without effect
    learned_alone, learned_shared = (curve[0]["loss"] - curve[-1]["loss"] for curve in (alone, both))
    assert learned_shared > learned_alone / 2 > 0.01


@pytest.mark.parametrize("together", ["ddp", "fsdp2"])
def test_their_adapter_is_whole_and_loads(outs, weights, together):
    base = AutoModelForCausalLM.from_pretrained(weights.folder).eval()
    tokens = torch.arange(5, 25)[None]
    with torch.inference_mode():
        alone = base(tokens).logits.clone()
        adapted = PeftModel.from_pretrained(base, outs[together] / "adapter").eval()(tokens).logits
    assert (alone - adapted).abs().max() > 1e-4
