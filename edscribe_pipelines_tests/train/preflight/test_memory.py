from typing import Any

import pytest

from edscribe_pipelines.train.architecture import (
    NEMOTRON_NANO_9B_V2,
    bundled_config,
    describe_architecture,
)
from edscribe_pipelines.train.preflight.available import Memory
from edscribe_pipelines.train.preflight.memory import check_memory, estimate_memory
from edscribe_pipelines.train.recipe import TARGETS, Recipe, load_recipe
from edscribe_pipelines_tests.train.invented import TINY
from edscribe_pipelines_tests.train.tiny_hybrid import hybrid_config, like_nemotron
from edscribe_pipelines_tests.train.tiny_llama import VOCABULARY, tiny_llama, with_adapters

H100 = load_recipe("nemotron_nano_9b_v2_h100")
NAMES = TARGETS["hybrid"]
CARD = Memory("H100 80GB", 79.1, shared=False)


@pytest.fixture(scope="module")
def nano():
    return describe_architecture(bundled_config(NEMOTRON_NANO_9B_V2))


def test_recipe_for_the_h100_is_estimated_to_fit_it(nano):
    check = check_memory(H100, nano, NAMES, CARD)
    assert check.verdict == "passed"
    assert "estimated" in check.message
    assert check.figures["estimated_gib"]["weights"] == pytest.approx(8_888_227_328 * 2 / 2**30, abs=0.01)


@pytest.mark.parametrize(("implementation", "tokens"), [("transformers", 256), ("cpu", 256), ("nemo", 512)])
def test_logits_stand_for_as_many_tokens_as_the_loss_takes_at_once(nano, implementation, tokens):
    parts = estimate_memory(H100.model_copy(update={"implementation": implementation}), nano, NAMES)
    assert parts["logits"] == tokens * 131_072 * 16 / 2**30


def test_adapter_on_a_cpu_is_trained_in_fp32_whatever_the_base_is_in():
    recipe, config = llama()
    architecture = describe_architecture(config)
    trained, in_fp32, by_transformers = (
        estimate_memory(recipe.model_copy(update=change), architecture, TARGETS["all_linear"])["trained"]
        for change in ({}, {"precision": "fp32"}, {"implementation": "transformers"})
    )
    assert trained == in_fp32 == 2 * by_transformers


def test_remedy_for_a_cpu_is_nothing_that_its_recipe_cannot_have():
    recipe, config = llama()
    check = check_memory(recipe, describe_architecture(config), TARGETS["all_linear"], Memory("m", 1, shared=True))
    assert check.verdict == "refused"
    assert (
        check.remedy
        == "In the recipe lower batch_size and raise gradient_accumulation as much, or lower sequence_length."
    )


def test_without_gradient_checkpointing_it_is_refused_with_that_as_the_remedy(nano):
    check = check_memory(H100.model_copy(update={"gradient_checkpointing": False}), nano, NAMES, CARD)
    assert check.verdict == "refused"
    assert "gradient_checkpointing: true" in check.remedy


def test_a_card_that_is_nearly_full_is_warned_of(nano):
    needed = sum(estimate_memory(H100, nano, NAMES).values())
    verdicts = [
        check_memory(H100, nano, NAMES, Memory("card", needed * room, shared=False)).verdict
        for room in (0.99, 1.05, 1.2)
    ]
    assert verdicts == ["refused", "warned", "passed"]


@pytest.mark.parametrize("change", [{"batch_size": 8}, {"sequence_length": 8192}, {"precision": "fp32"}])
def test_larger_recipe_needs_more(nano, change):
    larger = sum(estimate_memory(H100.model_copy(update=change), nano, NAMES).values())
    assert larger > sum(estimate_memory(H100, nano, NAMES).values())


def test_processes_share_a_machine_and_not_a_card(nano):
    two = H100.model_copy(update={"processes": 2})
    one = check_memory(H100, nano, NAMES, CARD).figures["needed_gib"]
    assert check_memory(two, nano, NAMES, CARD).figures["needed_gib"] == one
    shared = check_memory(two, nano, NAMES, CARD._replace(shared=True))
    assert shared.figures["needed_gib"] == pytest.approx(2 * one, abs=0.1)


def hybrid() -> tuple[Recipe, Any]:
    recipe = TINY.model_copy(update={"sequence_length": 128, "lora": H100.lora})
    return recipe, hybrid_config(like_nemotron(["Chest pain, HR 104, RR 18"]), pattern="M*-M*-", hidden_size=128)


def llama(**changes: Any) -> tuple[Recipe, Any]:
    """Three layers of SmolLM2-135M, with fewer words."""
    from transformers import LlamaConfig

    heads = {"num_attention_heads": 9, "num_key_value_heads": 3}
    size = {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 3, "vocab_size": 1_000}
    config = LlamaConfig(**size, **heads, tie_word_embeddings=True)
    return load_recipe("smollm2_cpu").model_copy(update=changes), config


def llama_by_transformers() -> tuple[Recipe, Any]:
    return llama(implementation="transformers", batch_size=1)


@pytest.mark.parametrize("small", [hybrid, llama_by_transformers])
def test_blocks_hold_no_more_than_is_estimated(small):
    """What autograd holds of a forward pass on a CPU is the one figure here that can be measured."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    recipe, config = small()
    names = TARGETS[recipe.lora.targets]
    lora = LoraConfig(target_modules=list(names), r=recipe.lora.rank, lora_dropout=recipe.lora.dropout)
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[recipe.precision]
    model = get_peft_model(AutoModelForCausalLM.from_config(config, dtype=dtype), lora)
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    held: dict[int, int] = {}

    def hold(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            held[storage.data_ptr()] = storage.nbytes()
        return tensor

    tokens = torch.randint(0, config.vocab_size, (recipe.batch_size, recipe.sequence_length))
    with torch.autograd.graph.saved_tensors_hooks(hold, lambda tensor: tensor):
        _states = model.base_model.model.model(input_ids=tokens).last_hidden_state
    estimated = estimate_memory(recipe, describe_architecture(config), names)
    measured = sum(held.values()) / 2**30
    assert measured <= estimated["activations"] <= 3 * measured


@pytest.mark.parametrize("targets", ["plan", "all_linear"])
@pytest.mark.parametrize("dropout", [0.0, 0.05])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_blocks_by_hand_keep_no_more_than_is_estimated(targets, dropout, precision):
    import torch

    from edscribe_pipelines.train.on_cpu.block import by_hand

    lora = load_recipe("smollm2_cpu").lora.model_copy(update={"targets": targets, "dropout": dropout, "rank": 8})
    recipe = llama(lora=lora, precision=precision, batch_size=2, sequence_length=300)[0]
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]
    model = with_adapters(tiny_llama(num_hidden_layers=4).to(dtype), targets, rank=8, dropout=dropout).train()
    by_hand(model)
    tokens = torch.randint(VOCABULARY, (1, 600))
    states = model.model(input_ids=tokens, use_cache=False).last_hidden_state
    measured = sum(kept_by(states.grad_fn).values()) / 2**30
    estimated = estimate_memory(recipe, describe_architecture(model.config), TARGETS[targets])["activations"]
    assert measured <= estimated <= 2 * measured


def kept_by(function: Any) -> dict[int, int]:
    """Return the bytes of each storage that blocks by hand keep, from the last back to the first."""
    held: dict[int, int] = {}
    while function is not None:
        for tensor in _tensors(getattr(function, "saved", ())):
            held[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        function = next((before for before, _ in function.next_functions if before is not None), None)
    return held


def _tensors(saved: Any) -> Any:
    for each in saved:
        if isinstance(each, tuple):
            yield from _tensors(each)
        elif hasattr(each, "untyped_storage"):
            yield each
