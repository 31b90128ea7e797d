"""The tiny base before it has learned anything: a small NemotronH and its tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edscribe_pipelines.train import recipe
from edscribe_pipelines.train.lookup import start_as_lookup

_LAYERS = {"M": "linear_attention", "*": "full_attention", "-": "mlp"}


def save_untrained_base(folder: Path, tokenizer: Any, base: recipe.Built, seed: int) -> None:
    """Write model and tokenizer to `folder` as transformers loads them."""
    import torch
    from transformers import NemotronHConfig, NemotronHForCausalLM

    config = NemotronHConfig(
        vocab_size=len(tokenizer),
        layers_block_type=[_LAYERS[letter] for letter in base.pattern],
        hidden_size=base.hidden_size,
        intermediate_size=base.intermediate_size,
        num_attention_heads=base.attention_heads,
        num_key_value_heads=base.attention_heads,
        head_dim=base.hidden_size // base.attention_heads,
        mamba_num_heads=base.mamba_heads,
        mamba_head_dim=base.mamba_head_dim,
        ssm_state_size=base.state_size,
        n_groups=1,
        chunk_size=base.chunk_size,
        initializer_range=base.initializer_range,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        architectures=["NemotronHForCausalLM"],
    )
    torch.manual_seed(seed)
    model = NemotronHForCausalLM(config)
    start_as_lookup(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
