"""What a base consists of: counted on the meta device, where a model of 9 billion parameters takes no memory.

The shape comes from the `config.json` beside the weights; where there are none yet, from the bundled file of
the base that the recipe names; for a base that is built, from the recipe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.recipe import Built

NEMOTRON_NANO_9B_V2 = "nvidia/NVIDIA-Nemotron-Nano-9B-v2"
_BUNDLED = {NEMOTRON_NANO_9B_V2: "nemotron_nano_9b_v2.config.json"}

_LAYERS = {"M": "linear_attention", "*": "full_attention", "-": "mlp"}


@dataclass(frozen=True)
class Linear:
    """A linear layer. `layer` is the block that it stands in, None outside of them (the output layer)."""

    name: str
    layer: int | None
    inputs: int
    outputs: int

    @property
    def kind(self) -> str:
        """The last part of the name, which LoRA's targets are matched with: `q_proj`."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Architecture:
    """`layers` has a letter a block: M Mamba, * attention, - MLP."""

    parameters: int
    layers: str
    linears: tuple[Linear, ...]
    vocabulary: int
    hidden_size: int
    mamba_heads: int
    mamba_chunk: int


def bundled_config(name: str) -> Any | None:
    """Return the configuration of the base called `name` on Hugging Face, or None where none is bundled."""
    if name not in _BUNDLED:
        return None
    from transformers import NemotronHConfig

    file = resources.files("edscribe_pipelines.train") / "recipes" / _BUNDLED[name]
    return NemotronHConfig.from_dict(json.loads(file.read_bytes()))


def read_config(folder: Path) -> Any:
    """Return the configuration of the weights in `folder`. Raises BadInput where it is that of no NemotronH."""
    from transformers import NemotronHConfig

    place = str(folder / "config.json")
    try:
        # published configurations hold `Infinity`, which JSON proper has not
        content = json.loads((folder / "config.json").read_bytes())
    except OSError:
        raise BadInput(place, "cannot be read", remedy="Download the base whole.") from None
    except ValueError:
        raise BadInput(place, "not JSON", remedy="Download it again.") from None
    if not isinstance(content, dict) or content.get("model_type") != "nemotron_h":
        raise BadInput(place, "not a NemotronH model", field="model_type", remedy="Take the base of the recipe.")
    try:
        return NemotronHConfig.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # transformers raises errors of many kinds here, and quotes the file
        raise BadInput(place, f"not a configuration of NemotronH ({type(error).__name__})") from None


def built_config(base: Built, tokenizer: Any) -> Any:
    """Return the configuration of a base that is built."""
    from transformers import NemotronHConfig

    return NemotronHConfig(
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


def describe_architecture(config: Any) -> Architecture:
    """Return what a model of `config` consists of."""
    import torch
    from transformers import NemotronHForCausalLM

    with torch.device("meta"):
        model = NemotronHForCausalLM(config)
    return Architecture(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        layers=config.hybrid_override_pattern,
        linears=tuple(
            Linear(name, _block(name), module.in_features, module.out_features)
            for name, module in model.named_modules()
            if isinstance(module, torch.nn.Linear)
        ),
        vocabulary=config.vocab_size,
        hidden_size=config.hidden_size,
        mamba_heads=config.mamba_num_heads,
        mamba_chunk=config.chunk_size,
    )


def _block(name: str) -> int | None:
    numbers = [part for part in name.split(".") if part.isdigit()]
    return int(numbers[0]) if numbers else None
