"""A small random Llama, and the adapters that NeMo puts on one: SmolLM2's code path, in milliseconds."""

from __future__ import annotations

from typing import Any

import torch

from edscribe_pipelines.train.recipe import TARGETS

VOCABULARY = 97


def tiny_llama(*, heads: int = 3, key_heads: int = 1, hidden_size: int = 96, seed: int = 0, **settings: Any) -> Any:
    """Return it in fp32. `settings` are those of transformers' LlamaConfig."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    given: dict[str, Any] = {
        "vocab_size": VOCABULARY,
        "hidden_size": hidden_size,
        "intermediate_size": 2 * hidden_size + 32,
        "num_hidden_layers": 2,
        "num_attention_heads": heads,
        "num_key_value_heads": key_heads,
        "initializer_range": 0.2,
        "tie_word_embeddings": True,
        "pad_token_id": None,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    model = LlamaForCausalLM(LlamaConfig(**given | settings))
    with torch.no_grad():
        for norm in (module for name, module in model.named_modules() if name.endswith("norm")):
            norm.weight.add_(torch.randn_like(norm.weight), alpha=0.1)
    return model


def with_adapters(model: Any, targets: str = "all_linear", *, rank: int = 4, dropout: float = 0.0) -> Any:
    """Return `model` with NeMo's adapters on the layers that a recipe calls `targets`.

    Nothing in them is zero, so that no gradient is.
    """
    from nemo_automodel.components._peft.lora import PeftConfig, apply_lora_to_linear_modules

    config = PeftConfig(
        target_modules=[f"*.{layer}" for layer in TARGETS[targets]],
        dim=rank,
        alpha=2 * rank,
        dropout=dropout,
        dropout_position="pre",
        lora_dtype=torch.float32,
        use_memory_efficient_lora=False,
        use_triton=False,
    )
    assert apply_lora_to_linear_modules(model, config) == len(TARGETS[targets]) * model.config.num_hidden_layers
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.1)
    return model


def invented_lesson(beginning: list[int], told: int, learned: int, *, seed: int) -> dict[str, Any]:
    """Return a lesson that begins with `beginning`, goes on with `told` tokens and has as many labels as `learned`."""
    drawn = torch.Generator().manual_seed(seed)
    tokens = [*beginning, *torch.randint(VOCABULARY, (told + learned + 1,), generator=drawn).tolist()]
    before = len(beginning) + told
    return {"input_ids": tokens[:-1], "labels": [-100] * before + tokens[before + 1 :]}
