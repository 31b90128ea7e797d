"""A recipe: every hyperparameter of one training, read from `recipes/*.yaml` and checked."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edscribe_pipelines.errors import BadInput

TARGETS: dict[str, tuple[str, ...]] = {
    "plan": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "hybrid": ("q_proj", "k_proj", "v_proj", "o_proj", "in_proj", "up_proj", "down_proj"),
}
"""The layers that an adapter changes. `plan` is the plan's list: attention alone, 4 of the 9B's 56 layers.
`hybrid` adds the Mamba and MLP layers. Never `out_proj`: the fused Mamba kernel reads its weight directly,
so that an adapter on it would train on a CPU and do nothing on a GPU."""

Count = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Base(_Section):
    """A small NemotronH, that starts as `lookup.start_as_lookup` says."""

    pattern: Annotated[str, Field(pattern=r"^[M*-]+$")]
    hidden_size: Count
    intermediate_size: Count
    attention_heads: Count
    mamba_heads: Count
    mamba_head_dim: Count
    state_size: Count
    chunk_size: Count
    initializer_range: Rate

    @model_validator(mode="after")
    def _fits_together(self) -> Base:
        if self.hidden_size % self.attention_heads:
            raise ValueError("hidden_size is no multiple of attention_heads")
        if not 0 <= self.pattern.find("M") < self.pattern.find("*"):
            raise ValueError("pattern needs a Mamba layer (M) before its first attention layer (*)")
        return self


class Tokenizer(_Section):
    vocabulary: Annotated[int, Field(ge=300)]
    min_frequency: Count


class Stage(_Section):
    """One run of NeMo's finetune recipe. It reads each case, and `recombined` lessons made from each."""

    recombined: Annotated[int, Field(ge=0)]
    steps: Count
    learning_rate: Rate
    warm_up_steps: Annotated[int, Field(ge=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    checkpoint_every: Count

    @model_validator(mode="after")
    def _warms_up_before_the_end(self) -> Stage:
        if self.warm_up_steps >= self.steps:
            raise ValueError("warm_up_steps must be below steps")
        return self


class Lora(Stage):
    targets: Literal["hybrid", "plan"]
    rank: Count
    alpha: Count
    dropout: Annotated[float, Field(ge=0, lt=1)]


class Generation(_Section):
    max_new_tokens: Count
    no_repeat_tokens: Count
    beams: Count
    max_cases: Count
    batch_size: Count


class Recipe(_Section):
    """`sequence_length` in tokens, `threads` of one worker."""

    base: Base
    tokenizer: Tokenizer
    sequence_length: Count
    batch_size: Count
    threads: Count
    warm_up: Stage
    lora: Lora
    generation: Generation


def load_recipe(name_or_path: str) -> Recipe:
    """Return a recipe of `recipes/` by its name, or the one in a file.

    Raises BadInput naming the key that is unknown, missing or out of range.
    """
    try:
        content = yaml.safe_load(_read(name_or_path))
    except yaml.YAMLError:
        raise BadInput(name_or_path, "not YAML", remedy="Start from train/recipes/tiny_cpu.yaml.") from None
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "recipe"
        raise BadInput(f"recipe {name_or_path}", first["msg"].lower(), field=field) from None


def _read(name_or_path: str) -> str:
    bundled = resources.files("edscribe_pipelines.train") / "recipes" / f"{name_or_path}.yaml"
    if bundled.is_file():
        return bundled.read_text(encoding="utf-8")
    try:
        return Path(name_or_path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            f"recipe {name_or_path}", "no such recipe", remedy="Name one of train/recipes/ or a YAML file."
        ) from None
