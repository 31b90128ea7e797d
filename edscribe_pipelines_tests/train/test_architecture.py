import json

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.architecture import (
    NEMOTRON_NANO_9B_V2,
    built_config,
    bundled_config,
    describe_architecture,
    read_config,
)
from edscribe_pipelines.train.tokenizer import learn_tokenizer
from edscribe_pipelines_tests.train.invented import TINY


@pytest.fixture(scope="module")
def nano():
    return describe_architecture(bundled_config(NEMOTRON_NANO_9B_V2))


def test_nemotron_nano_9b_v2_has_the_published_number_of_parameters(nano):
    assert nano.parameters == 8_888_227_328


def test_nemotron_nano_9b_v2_has_27_mamba_25_mlp_and_4_attention_layers(nano):
    assert {kind: nano.layers.count(kind) for kind in "M-*"} == {"M": 27, "-": 25, "*": 4}


def test_linear_layers_know_the_block_that_they_stand_in(nano):
    assert {linear.layer for linear in nano.linears if linear.kind == "q_proj"} == {
        place for place, kind in enumerate(nano.layers) if kind == "*"
    }
    assert [linear.name for linear in nano.linears if linear.layer is None] == ["lm_head"]


def test_base_that_is_not_bundled_has_no_configuration():
    assert bundled_config("nvidia/another") is None


def test_configuration_of_a_base_that_was_saved_is_read_from_its_folder(tmp_path):
    built_config(TINY.base, learn_tokenizer(["Chest pain"], TINY.tokenizer)).save_pretrained(tmp_path)
    found = describe_architecture(read_config(tmp_path))
    assert found.layers == TINY.base.pattern
    assert found.hidden_size == TINY.base.hidden_size


def test_infinity_of_a_published_configuration_is_read(tmp_path):
    published = bundled_config(NEMOTRON_NANO_9B_V2).to_dict() | {"time_step_limit": [0.0, float("inf")]}
    (tmp_path / "config.json").write_text(json.dumps(published))
    assert "Infinity" in (tmp_path / "config.json").read_text()
    assert read_config(tmp_path).hidden_size == 4480


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read"),
        ("{", "not JSON"),
        ("[]", "not a NemotronH model"),
        (json.dumps({"model_type": "llama"}), "not a NemotronH model"),
        (json.dumps({"model_type": "nemotron_h", "hidden_size": "wide"}), "not a configuration of NemotronH"),
    ],
)
def test_configuration_that_cannot_be_used_is_bad_input(tmp_path, content, problem):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(BadInput, match=problem):
        read_config(tmp_path)
