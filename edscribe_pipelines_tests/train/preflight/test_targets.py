import pytest

from edscribe_pipelines.train.architecture import NEMOTRON_NANO_9B_V2, bundled_config, describe_architecture
from edscribe_pipelines.train.preflight.targets import check_targets, matched, trainable
from edscribe_pipelines.train.recipe import TARGETS


@pytest.fixture(scope="module")
def nano():
    return describe_architecture(bundled_config(NEMOTRON_NANO_9B_V2))


@pytest.fixture(scope="module")
def smollm2():
    """The shape of SmolLM2-135M."""
    from transformers import LlamaConfig

    heads = {"num_attention_heads": 9, "num_key_value_heads": 3}
    size = {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "vocab_size": 49_152}
    return describe_architecture(LlamaConfig(**size, **heads, tie_word_embeddings=True))


@pytest.mark.parametrize(
    ("names", "rank", "millions"),
    [
        (TARGETS["plan"], 8, 0.97),
        (TARGETS["plan"], 32, 3.87),
        ((*TARGETS["plan"], "up_proj", "down_proj"), 8, 9.03),
        (TARGETS["hybrid"], 8, 14.9),
        (TARGETS["hybrid"], 32, 59.6),
    ],
)
def test_trainable_parameters_of_nemotron_nano_9b_v2(nano, names, rank, millions):
    assert trainable(matched(nano, names), rank) / 1e6 == pytest.approx(millions, abs=0.05)


def test_count_is_that_of_peft(nano):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import NemotronHForCausalLM

    with torch.device("meta"):
        model = get_peft_model(
            NemotronHForCausalLM(bundled_config(NEMOTRON_NANO_9B_V2)),
            LoraConfig(r=32, target_modules=list(TARGETS["hybrid"])),
        )
    assert model.get_nb_trainable_parameters()[0] == trainable(matched(nano, TARGETS["hybrid"]), 32)


def test_plans_list_is_warned_of_with_what_it_touches_and_what_else_there_is(nano):
    check = check_targets(nano, TARGETS["plan"], 32)
    assert check.verdict == "warned"
    assert "3.87 M" in check.message
    assert "4 of 56 layers" in check.message
    assert "did not learn the note" in check.remedy
    assert "9.03 M" in check.remedy
    assert "59.57 M" in check.remedy
    assert check.figures["trainable_parameters"] == 3_866_624


def test_hybrid_list_touches_every_layer_and_passes(nano):
    check = check_targets(nano, TARGETS["hybrid"], 32)
    assert check.verdict == "passed"
    assert check.figures["layers_touched"] == 56
    assert check.figures["modules"]["in_proj"] == 27


@pytest.mark.parametrize("names", [("out_proj",), (*TARGETS["hybrid"], "out_proj")])
def test_out_proj_is_refused_with_the_reason(nano, names):
    check = check_targets(nano, names, 32)
    assert check.verdict == "refused"
    assert "fused Mamba kernel" in check.message


def test_list_that_matches_nothing_is_refused_with_what_there_is(nano):
    check = check_targets(nano, ("query", "q"), 32)
    assert check.verdict == "refused"
    assert "in_proj" in check.remedy


def test_name_that_matches_nothing_among_others_is_warned_of(nano):
    check = check_targets(nano, (*TARGETS["hybrid"], "gate_proj"), 32)
    assert check.verdict == "warned"
    assert "no layer is called gate_proj" in check.message
    assert "in_proj" in check.remedy


@pytest.mark.parametrize(("targets", "millions"), [("plan", 3.69), ("all_linear", 9.77)])
def test_plans_list_touches_every_layer_of_a_llama_and_passes(smollm2, targets, millions):
    check = check_targets(smollm2, TARGETS[targets], 32)
    assert check.verdict == "passed"
    assert check.figures["layers_touched"] == check.figures["layers"] == 30
    assert check.figures["trainable_parameters"] / 1e6 == pytest.approx(millions, abs=0.01)
