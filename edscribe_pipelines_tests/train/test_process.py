import json
import math

import polars as pl
import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.train.process import train_adapter
from edscribe_pipelines.train.recipe import TARGETS
from edscribe_pipelines_tests.train.conftest import KILLED_AT, Trained
from edscribe_pipelines_tests.train.invented import COMPLAINTS, DRUGS, EM, TINY, invented_cases


def steps(events):
    return {event["step"]: event for event in events if event["event"] == "step"}


def test_stock_peft_loads_the_adapter_and_it_changes_the_logits(trained: Trained):
    tokenizer = AutoTokenizer.from_pretrained(trained.weights.folder)
    base = AutoModelForCausalLM.from_pretrained(trained.weights.folder).eval()
    tokens = tokenizer("Woman\nComplaint: Chest pain", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        alone = base(tokens).logits
        adapted = PeftModel.from_pretrained(base, trained.out / "adapter").eval()(tokens).logits
    assert alone.isfinite().all()
    assert (alone - adapted).abs().max() > 1e-4


def test_adapter_changes_the_hybrid_layers_and_never_out_proj(trained: Trained):
    assert trained.summary["targets"] == sorted(TARGETS["hybrid"])


def test_adapter_names_no_path_of_this_machine(trained: Trained):
    config = json.loads((trained.out / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "invented/nemotron-h"
    assert (config["r"], config["lora_alpha"], config["lora_dropout"]) == (4, 8, 0.0)
    assert str(trained.out.parent) not in (trained.out / "summary.json").read_text()


def test_interrupted_training_leaves_no_process_behind(trained: Trained):
    assert trained.survivors == []


def test_killed_training_goes_on_from_its_checkpoint(trained: Trained):
    assert 1 < min(steps(trained.after_kill)) <= KILLED_AT + 1
    assert max(steps(trained.after_kill)) == TINY.lora.steps


def test_resumed_training_sees_the_same_cases_at_the_same_rate(trained: Trained):
    before, after = steps(trained.before_kill), steps(trained.after_kill)
    repeated = before.keys() & after.keys()
    assert repeated
    for step in repeated:
        assert before[step]["note_tokens"] == after[step]["note_tokens"]
        assert before[step]["learning_rate"] == pytest.approx(after[step]["learning_rate"])
        assert before[step]["loss"] == pytest.approx(after[step]["loss"], abs=1e-4)


def test_curve_has_every_step_once(trained: Trained):
    events = [json.loads(line) for line in (trained.out / "training.jsonl").read_text().splitlines()]
    assert [event["step"] for event in events if event["event"] == "step"] == [1, 2, 3, 4, 5, 6]


def test_summary_counts_parameters_and_losses(trained: Trained):
    summary = trained.summary
    base = AutoModelForCausalLM.from_pretrained(trained.weights.folder)
    assert summary["base_parameters"] == sum(parameter.numel() for parameter in base.parameters())
    assert 0 < summary["trainable_parameters"] < summary["total_parameters"]
    assert all(math.isfinite(summary[loss]) for loss in ("loss_first", "loss_last", "validation_loss"))
    assert summary == json.loads((trained.out / "summary.json").read_text())


def test_precision_is_said_before_anything_begins_and_in_the_summary(trained: Trained):
    assert trained.before_kill[0] == {"event": "precision", "precision": "fp32"}
    assert trained.summary["precision"] == "fp32"


def test_case_that_is_too_long_is_left_out_and_counted(trained: Trained):
    assert trained.summary["cases"] == {"train": 11, "validation": 2}
    assert trained.summary["cases_too_long"] == {"train": 1, "validation": 0}


def test_no_note_text_in_progress_or_log(trained: Trained):
    told = json.dumps(trained.before_kill + trained.after_kill) + trained.logs
    assert not [word for word in (*COMPLAINTS, *DRUGS, "CHIEF COMPLAINT") if word in told]


def test_test_split_never_reaches_the_worker(trained: Trained):
    """HR 75 stands only in the last test case."""
    folder = next((trained.out.parent / "work").iterdir())
    texts = "".join(path.read_text() for path in folder.glob("*.jsonl"))
    assert "HR 73" not in texts
    assert "HR 60" in texts


def test_worker_without_a_result_fails_the_stage(weights, tmp_path):
    """Eleven cases, all longer than the recipe allows: NeMo has nothing to train on."""
    cases = invented_cases().filter(pl.col("split") != "test")
    recipe = TINY.model_copy(update={"sequence_length": 2})
    with pytest.raises(StageFailed) as failed:
        train_adapter(
            cases, recipe, tmp_path / "work", tmp_path / "out", lambda event: None, specialty=EM, weights=weights
        )
    log = next((tmp_path / "work").rglob("worker.log"))
    assert str(log) in str(failed.value)
    assert "aspirin" not in log.read_text() + str(failed.value)
    assert not (tmp_path / "out").exists()


def test_no_training_case_is_bad_input(weights, tmp_path):
    cases = invented_cases().filter(pl.col("split") == "test")
    with pytest.raises(BadInput, match="no case in the training split"):
        train_adapter(
            cases, TINY, tmp_path / "work", tmp_path / "out", lambda event: None, specialty=EM, weights=weights
        )
