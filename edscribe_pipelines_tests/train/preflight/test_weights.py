import json

import pytest

from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2
from edscribe_pipelines.train.preflight.weights import check_weights
from edscribe_pipelines_tests.train.invented import TINY
from edscribe_pipelines_tests.train.preflight.invented import PRETRAINED


@pytest.fixture
def remembered(tmp_path):
    return tmp_path / "hashes.json"


def test_whole_base_passes_with_its_hash(pretrained, remembered):
    check = check_weights(PRETRAINED, pretrained, remembered)
    assert check.verdict == "passed"
    assert len(check.figures["sha256"]) == 64
    assert "model.safetensors" in check.figures["files"]


def test_base_in_several_files_passes(sharded, remembered):
    assert check_weights(PRETRAINED, sharded, remembered).verdict == "passed"


def test_base_that_is_built_needs_no_weights(remembered):
    assert check_weights(TINY, None, remembered).verdict == "not_applicable"


def test_path_that_is_not_set_is_refused_with_the_setting(remembered):
    check = check_weights(PRETRAINED, None, remembered)
    assert check.verdict == "refused"
    assert "EDSCRIBE_BASE_MODEL" in check.remedy


def test_wrong_path_is_refused_with_the_setting(tmp_path, remembered):
    check = check_weights(PRETRAINED, tmp_path / "elsewhere", remembered)
    assert check.verdict == "refused"
    assert "elsewhere is no folder" in check.message
    assert "EDSCRIBE_BASE_MODEL" in check.remedy


def test_all_that_is_wrong_with_a_base_is_said_at_once(pretrained, remembered):
    (pretrained / "tokenizer.json").unlink()
    (pretrained / "config.json").unlink()
    (pretrained / "model.safetensors").write_bytes(b"")
    check = check_weights(PRETRAINED, pretrained, remembered)
    assert check.verdict == "refused"
    for named in ("tokenizer.json is missing", "config.json is missing", "model.safetensors is no safetensors"):
        assert named in check.message


def test_weights_that_are_not_whole_are_not_hashed(pretrained, remembered):
    (pretrained / "model.safetensors").write_bytes(b"")
    check_weights(PRETRAINED, pretrained, remembered)
    assert not remembered.exists()


def test_model_of_another_family_is_refused(pretrained, remembered):
    config = json.loads((pretrained / "config.json").read_text())
    (pretrained / "config.json").write_text(json.dumps(config | {"model_type": "llama"}))
    check = check_weights(PRETRAINED, pretrained, remembered)
    assert check.verdict == "refused"
    assert "not a NemotronH model" in check.message


def test_another_nemotron_than_the_recipe_names_is_refused(pretrained, remembered):
    base = PRETRAINED.base.model_copy(update={"name": NEMOTRON_NANO_9B_V2})
    check = check_weights(PRETRAINED.model_copy(update={"base": base}), pretrained, remembered)
    assert check.verdict == "refused"
    assert "another model" in check.message
    assert "hidden_size" in check.message
