"""The tiny base before it has learned anything: a small NemotronH and its tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edscribe_pipelines.train import recipe
from edscribe_pipelines.train.architecture import built_config
from edscribe_pipelines.train.lookup import start_as_lookup


def save_untrained_base(folder: Path, tokenizer: Any, base: recipe.Built, seed: int) -> None:
    """Write model and tokenizer to `folder` as transformers loads them."""
    import torch
    from transformers import NemotronHForCausalLM

    torch.manual_seed(seed)
    model = NemotronHForCausalLM(built_config(base, tokenizer))
    start_as_lookup(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
