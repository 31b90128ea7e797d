from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.evaluate.generated import NOTES, System, generate_systems, same_base, test_cases
from edscribe_pipelines.files import write_json
from edscribe_pipelines.train.hashes import write_hashes
from edscribe_pipelines_tests.train.invented import EM, TINY
from edscribe_pipelines_tests.train.tiny_hybrid import CHATML, CHATML_MARKS, like_nemotron
from edscribe_pipelines_tests.train.tiny_llama import tiny_llama

test_cases.__test__ = False
RECIPE = TINY.model_copy(update={"implementation": "cpu"})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, cases: list[dict]) -> Path:
    folder = tmp_path_factory.mktemp("base")
    tokenizer = like_nemotron([EM.prompt, *(case["prompt"] for case in cases)], CHATML, marks=CHATML_MARKS)
    tiny_llama(vocab_size=len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def checkpoint(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("checkpoint")
    model = AutoModelForCausalLM.from_pretrained(base)
    lora = LoraConfig(r=2, target_modules=["q_proj"], init_lora_weights=False)
    get_peft_model(model, lora).save_pretrained(folder / "adapter")
    write_hashes(folder / "adapter")
    write_json(folder / "base.json", {"name": "invented", "sha256": "1"})
    return folder


def test_each_system_has_a_note_of_each_case_with_what_wrote_it(base, checkpoint, cases, tmp_path):
    systems = [System("base", None), System("adapter", checkpoint), System("champion", checkpoint)]
    counts = generate_systems(cases, systems, base, RECIPE, EM, tmp_path / "work", tmp_path)
    notes = pl.read_parquet(tmp_path / NOTES)
    assert counts["notes"] == notes.height == 3 * len(cases)
    of = {str(system): rows for (system,), rows in notes.group_by("system")}
    assert of["base"]["adapter_sha256"].to_list() == [None] * len(cases)
    weights = (checkpoint / "adapter" / "adapter_model.safetensors").read_bytes()
    assert set(of["adapter"]["adapter_sha256"]) == {hashlib.sha256(weights).hexdigest()}
    assert of["adapter"]["note"].equals(of["champion"]["note"])
    assert not of["adapter"]["note"].equals(of["base"]["note"])
    assert notes["prompt_sha256"].n_unique() == len(cases)
    assert counts["unfinished_notes"] == {system: int((~rows["ended"]).sum()) for system, rows in of.items()}
    assert notes["tokens"].min() >= 1
    assert not (tmp_path / "work").exists()


def test_checkpoints_are_of_the_same_base_by_its_hash(checkpoint, tmp_path):
    assert same_base(checkpoint, checkpoint)
    write_json(tmp_path / "base.json", {"name": "invented", "sha256": "2"})
    assert not same_base(checkpoint, tmp_path)


def test_test_cases_are_those_of_the_split_and_no_more_than_the_recipe_says(cases):
    rows = pl.DataFrame([case | {"split": "test" if number else "train"} for number, case in enumerate(cases)])
    few = RECIPE.generation.model_copy(update={"max_cases": 3})
    tested = test_cases(rows, RECIPE.model_copy(update={"generation": few}), EM, "splits 2026-01")
    assert [case["case_id"] for case in tested] == ["c-1", "c-2", "c-3"]
    with pytest.raises(BadInput, match="splits 2026-01: no test case"):
        test_cases(rows.filter(split="train"), RECIPE, EM, "splits 2026-01")
