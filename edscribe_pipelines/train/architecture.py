"""What a base consists of: counted on the meta device, where a model of 9 billion parameters takes no memory.

The shape comes from the `config.json` beside the weights; where there are none yet, from the bundled file of
the base that the recipe names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from edscribe_pipelines.errors import BadInput

NEMOTRON_NANO_9B_V2 = "nvidia/NVIDIA-Nemotron-Nano-9B-v2"
_BUNDLED = {NEMOTRON_NANO_9B_V2: "nemotron_nano_9b_v2.config.json"}

_FAMILIES = {"llama": "LlamaConfig", "nemotron_h": "NemotronHConfig"}
"""`model_type` of a base, and the class of its configuration in transformers."""


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
    """`layers` has a letter a block: of NemotronH M Mamba, * attention, - MLP; of Llama L, attention and MLP."""

    parameters: int
    layers: str
    linears: tuple[Linear, ...]
    vocabulary: int
    hidden_size: int


def bundled_config(name: str) -> Any | None:
    """Return the configuration of the base called `name` on Hugging Face, or None where none is bundled."""
    if name not in _BUNDLED:
        return None
    from transformers import NemotronHConfig

    file = resources.files("edscribe_pipelines.train") / "recipes" / _BUNDLED[name]
    return NemotronHConfig.from_dict(json.loads(file.read_bytes()))


def read_config(folder: Path) -> Any:
    """Return the configuration of the weights in `folder`. Raises BadInput unless it is a NemotronH's or a Llama's."""
    import transformers

    place = str(folder / "config.json")
    try:
        # published configurations hold `Infinity`, which JSON proper has not
        content = json.loads((folder / "config.json").read_bytes())
    except OSError:
        raise BadInput(place, "cannot be read", remedy="Download the base whole.") from None
    except ValueError:
        raise BadInput(place, "not JSON", remedy="Download it again.") from None
    family = _FAMILIES.get(str(content.get("model_type"))) if isinstance(content, dict) else None
    if family is None:
        problem = "not a NemotronH model, and no Llama"
        raise BadInput(place, problem, field="model_type", remedy="Take the base of the recipe.")
    try:
        return getattr(transformers, family).from_pretrained(folder, local_files_only=True)
    except Exception as error:  # transformers raises errors of many kinds here, and quotes the file
        raise BadInput(place, f"no configuration of its model_type ({type(error).__name__})") from None


def describe_architecture(config: Any) -> Architecture:
    """Return what a model of `config` consists of."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return Architecture(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        layers="L" * config.num_hidden_layers if config.model_type == "llama" else config.hybrid_override_pattern,
        linears=tuple(
            Linear(name, _block(name), module.in_features, module.out_features)
            for name, module in model.named_modules()
            if isinstance(module, torch.nn.Linear)
        ),
        vocabulary=config.vocab_size,
        hidden_size=config.hidden_size,
    )


def _block(name: str) -> int | None:
    numbers = [part for part in name.split(".") if part.isdigit()]
    return int(numbers[0]) if numbers else None
