"""The bundled recipe on the real base, for two steps: what the demo does, in a minute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from edscribe_pipelines.train.base import Weights
from edscribe_pipelines.train.generate import generate_notes
from edscribe_pipelines.train.process import TrainingSummary, train_adapter
from edscribe_pipelines.train.recipe import TARGETS, Packaged, load_recipe
from edscribe_pipelines_tests.train.invented import COMPLAINTS, DRUGS, EM, invented_cases, prompt

BUNDLED = load_recipe("smollm2_cpu")
SHORT = {"steps": 2, "eval_every": 2, "save_every": 2, "warm_up_steps": 1}
RECIPE = BUNDLED.model_copy(
    update={
        "lora": BUNDLED.lora.model_copy(update=SHORT),
        "generation": BUNDLED.generation.model_copy(update={"max_new_tokens": 6}),
    }
)
ADAPTER = "adapter/adapter_model.safetensors"


@pytest.fixture(scope="module")
def train(
    smollm2: Path, smollm2_base: Packaged, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, TrainingSummary]]:
    folder = tmp_path_factory.mktemp("smollm2_cpu")
    weights = Weights(smollm2, smollm2_base.sha256)

    def trained(name: str) -> tuple[Path, TrainingSummary]:
        out, work = folder / name, folder / f"{name}_work"
        cases, events = invented_cases(), list[dict[str, Any]]()
        return out, train_adapter(cases, RECIPE, work, out, events.append, specialty=EM, weights=weights)

    return trained


@pytest.fixture(scope="module")
def once(train: Callable[[str], tuple[Path, TrainingSummary]]) -> tuple[Path, TrainingSummary]:
    return train("once")


def test_same_seed_gives_the_same_adapter_within_the_memory_of_a_laptop(
    once: tuple[Path, TrainingSummary], train: Callable[[str], tuple[Path, TrainingSummary]]
) -> None:
    _, first = once
    _, second = train("again")
    assert first["hashes"][ADAPTER] == second["hashes"][ADAPTER]
    assert (first["loss_first"], first["loss_last"]) == (second["loss_first"], second["loss_last"])
    assert first["loss_last"] < first["loss_first"]
    assert first["targets"] == sorted(TARGETS["all_linear"])
    assert (first["steps"], first["kept_step"]) == (2, 2)
    assert first["memory_gib"] < 6


def test_peft_loads_the_adapter_which_changes_the_logits_and_merges(
    once: tuple[Path, TrainingSummary], smollm2: Path
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(smollm2)("Woman\nComplaint: Chest pain", return_tensors="pt")["input_ids"]
    base = AutoModelForCausalLM.from_pretrained(smollm2).eval()
    assert base.dtype == torch.bfloat16
    with torch.inference_mode():
        alone = base(tokens).logits.float()
        model = PeftModel.from_pretrained(base, once[0] / "adapter").eval()
        adapted = model(tokens).logits.float()
        merged = model.merge_and_unload()(tokens).logits.float()
    assert distance(alone, adapted) > 1e-2
    assert distance(merged, adapted) < 5e-2


def distance(found: torch.Tensor, true: torch.Tensor) -> float:
    return float((found - true).norm() / true.norm())


def test_base_and_adapter_write_a_note(once: tuple[Path, TrainingSummary], smollm2: Path, tmp_path: Path) -> None:
    adapters, prompts = (None, once[0] / "adapter"), [prompt(COMPLAINTS[0], DRUGS[0], 101)]
    references = ["Chief complaint: chest pain. " * 3]
    both = generate_notes(smollm2, adapters, prompts, references, RECIPE, tmp_path / "work", system=EM.prompt)
    assert [len(written.notes) for written in both] == [1, 1]
    assert all(written.notes[0] and written.unfinished for written in both)
