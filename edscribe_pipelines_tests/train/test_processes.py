"""The same training by one process and by two that share it with FSDP2 over gloo, as torchrun starts them."""

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
    for processes, sharding in ((1, "ddp"), (2, "fsdp2")):
        recipe = TINY.model_copy(
            update={
                "batch_size": FITTING // processes,
                "processes": processes,
                "sharding": sharding,
                "warm_up": TINY.warm_up.model_copy(update=once),
                "lora": TINY.lora.model_copy(update=once),
            }
        )
        place = folder / sharding
        train_adapter(invented_cases(), recipe, place / "work", place / "out", lambda event: None, specialty=EM)
    return folder / "ddp" / "out", folder / "fsdp2" / "out"


def curve(out):
    return [event for _, event in read_jsonl(out / "training.jsonl") if event["event"] == "step"]


def test_two_processes_learn_what_one_does(outs):
    alone, together = map(curve, outs)
    assert [step["note_tokens"] for step in alone] == [step["note_tokens"] for step in together]
    for one, both in zip(alone, together, strict=True):
        assert one["loss"] == pytest.approx(both["loss"], abs=1e-3)


def test_their_adapter_is_whole_and_loads(outs):
    _, together = outs
    base = AutoModelForCausalLM.from_pretrained(together / "base").eval()
    tokens = torch.arange(5, 25)[None]
    with torch.inference_mode():
        alone = base(tokens).logits.clone()
        adapted = PeftModel.from_pretrained(base, together / "adapter").eval()(tokens).logits
    assert (alone - adapted).abs().max() > 1e-4
