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
def outs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    once = {"recombined": 0}
    trained = {}
    for name, processes, sharding in (("one", 1, "ddp"), ("ddp", 2, "ddp"), ("fsdp2", 2, "fsdp2")):
        recipe = TINY.model_copy(
            update={
                "batch_size": FITTING // processes,
                "processes": processes,
                "sharding": sharding,
                "warm_up": TINY.warm_up.model_copy(update=once),
                "lora": TINY.lora.model_copy(update=once),
            }
        )
        trained[name] = folder / name / "out"
        train_adapter(invented_cases(), recipe, folder / name / "work", trained[name], lambda event: None, specialty=EM)
    return trained


def steps(out, stage):
    events = (event for _, event in read_jsonl(out / "training.jsonl") if event["event"] == "step")
    return [event for event in events if event["stage"] == stage]


@pytest.mark.parametrize(("together", "stage"), [("ddp", "warm_up"), ("ddp", "lora"), ("fsdp2", "warm_up")])
def test_two_processes_learn_what_one_does(outs, together, stage):
    alone, both = steps(outs["one"], stage), steps(outs[together], stage)
    for one, two in zip(alone, both, strict=True):
        assert one["note_tokens"] == two["note_tokens"]
        assert one["loss"] == pytest.approx(two["loss"], abs=1e-4)


def test_an_adapter_that_is_shared_learns_as_well_from_another_draw_of_its_first_weights(outs):
    alone, both = steps(outs["one"], "lora"), steps(outs["fsdp2"], "lora")
    assert both[0]["loss"] == pytest.approx(alone[0]["loss"], abs=1e-4)  # an adapter starts without effect
    assert both[-1]["loss"] < both[0]["loss"] - 0.1


@pytest.mark.parametrize("together", ["ddp", "fsdp2"])
def test_their_adapter_is_whole_and_loads(outs, together):
    base = AutoModelForCausalLM.from_pretrained(outs[together] / "base").eval()
    tokens = torch.arange(5, 25)[None]
    with torch.inference_mode():
        alone = base(tokens).logits.clone()
        adapted = PeftModel.from_pretrained(base, outs[together] / "adapter").eval()(tokens).logits
    assert (alone - adapted).abs().max() > 1e-4
