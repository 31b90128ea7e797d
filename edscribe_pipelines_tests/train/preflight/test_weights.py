import json

import pytest

from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2
from edscribe_pipelines.train.preflight.hashes import HASHES
from edscribe_pipelines.train.preflight.weights import check_weights
from edscribe_pipelines.train.recipe import load_recipe
from edscribe_pipelines_tests.train.preflight.invented import ROOMY


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def test_whole_base_passes_with_its_hash(pretrained, store):
    check = check_weights(ROOMY, pretrained, store)
    assert check.verdict == "passed"
    assert len(check.figures["sha256"]) == 64
    assert "model.safetensors" in check.figures["files"]


def test_base_in_several_files_passes(sharded, store):
    assert check_weights(ROOMY, sharded, store).verdict == "passed"


def test_all_that_is_wrong_with_a_base_is_said_at_once(pretrained, store):
    (pretrained / "tokenizer.json").unlink()
    (pretrained / "config.json").unlink()
    (pretrained / "model.safetensors").write_bytes(b"")
    check = check_weights(ROOMY, pretrained, store)
    assert check.verdict == "refused"
    for named in ("tokenizer.json is missing", "config.json is missing", "model.safetensors is no safetensors"):
        assert named in check.message


def test_weights_that_are_not_whole_are_not_hashed(pretrained, store):
    (pretrained / "model.safetensors").write_bytes(b"")
    check_weights(ROOMY, pretrained, store)
    assert not (store / HASHES).exists()


def test_model_of_another_family_is_refused(pretrained, store):
    config = json.loads((pretrained / "config.json").read_text())
    (pretrained / "config.json").write_text(json.dumps(config | {"model_type": "gpt2"}))
    check = check_weights(ROOMY, pretrained, store)
    assert check.verdict == "refused"
    assert "not a NemotronH model" in check.message


def test_another_nemotron_than_the_recipe_names_is_refused(pretrained, store):
    base = ROOMY.base.model_copy(update={"name": NEMOTRON_NANO_9B_V2})
    check = check_weights(ROOMY.model_copy(update={"base": base}), pretrained, store)
    assert check.verdict == "refused"
    assert "another model" in check.message
    assert "hidden_size" in check.message


def test_llama_in_the_place_of_the_nemotron_that_the_recipe_names_is_refused(pretrained, store):
    config = json.loads((pretrained / "config.json").read_text())
    (pretrained / "config.json").write_text(json.dumps({"model_type": "llama", "hidden_size": config["hidden_size"]}))
    base = ROOMY.base.model_copy(update={"name": NEMOTRON_NANO_9B_V2})
    check = check_weights(ROOMY.model_copy(update={"base": base}), pretrained, store)
    assert check.verdict == "refused"
    assert "mamba_num_heads" in check.message


def test_packaged_base_that_was_spoilt_is_made_again(pretrained, store):
    (pretrained / "model.safetensors").write_bytes(b"")
    check = check_weights(load_recipe("smollm2_cpu"), pretrained, store)
    assert check.verdict == "refused"
    assert "Remove the folder" in check.remedy
