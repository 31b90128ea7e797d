import json

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.architecture import (
    NEMOTRON_NANO_9B_V2,
    bundled_config,
    describe_architecture,
    read_config,
)
from edscribe_pipelines.train.recipe import TARGETS
from edscribe_pipelines_tests.train.tiny_hybrid import HIDDEN_SIZE, PATTERN


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


def test_configuration_of_a_base_that_was_saved_is_read_from_its_folder(saved_weights):
    found = describe_architecture(read_config(saved_weights))
    assert found.layers == PATTERN
    assert found.hidden_size == HIDDEN_SIZE


def test_llama_has_a_block_a_layer_and_seven_linear_layers_in_each(tmp_path):
    from transformers import LlamaConfig

    small = {"num_hidden_layers": 3, "hidden_size": 48, "intermediate_size": 96, "vocab_size": 500}
    LlamaConfig(**small, num_attention_heads=3, num_key_value_heads=1, tie_word_embeddings=True).save_pretrained(
        tmp_path
    )
    found = describe_architecture(read_config(tmp_path))
    assert found.layers == "LLL"
    for block in range(3):
        assert {linear.kind for linear in found.linears if linear.layer == block} == set(TARGETS["all_linear"])
    heads = 48 * (48 + 16 + 16 + 48)
    assert found.parameters == 500 * 48 + 3 * (heads + 3 * 48 * 96 + 2 * 48) + 48  # the output layer is the embeddings


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
        (json.dumps({"model_type": "gpt2"}), "not a NemotronH model"),
        (json.dumps({"model_type": "nemotron_h", "hidden_size": "wide"}), "no configuration of its model_type"),
    ],
)
def test_configuration_that_cannot_be_used_is_bad_input(tmp_path, content, problem):
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(BadInput, match=problem):
        read_config(tmp_path)
