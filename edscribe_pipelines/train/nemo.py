"""The recipe in NeMo AutoModel's own words.

Key names and values are those of NeMo AutoModel 0.7.0's `examples/llm_finetune`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edscribe_pipelines.train.recipe import TARGETS, Lora, Recipe


def finetune_config(
    recipe: Recipe, *, model: Path, train: Path, validation: Path | None, checkpoints: Path, seed: int
) -> dict[str, Any]:
    """Return the configuration with which NeMo's finetune recipe trains an adapter on the weights in `model`.

    `train` and `validation` are files of lessons. Without `validation` it does not validate.
    """
    lora = recipe.lora
    config: dict[str, Any] = {
        "seed": seed,
        "dist_env": {"backend": "nccl" if recipe.implementation == "nemo" else "gloo", "timeout_minutes": 10},
        "distributed": _distributed(recipe),
        "model": _model(model, recipe),
        "loss_fn": {
            "_target_": "edscribe_pipelines.train.note_loss.NoteCrossEntropy",
            "chunk_len": _LOGITS_AT_ONCE[recipe.implementation],
        },
        "dataset": _dataset(train),
        "packed_sequence": {
            "packing_strategy": "neat",
            "packed_sequence_size": recipe.sequence_length if recipe.packing else 0,
        },
        "dataloader": _dataloader(recipe) | {"group_by_length": recipe.implementation != "cpu" and not recipe.packing},
        "step_scheduler": {
            "global_batch_size": recipe.cases_per_step,
            "local_batch_size": recipe.batch_size,
            "max_steps": lora.steps,
            # NeMo would end after ten epochs, however few steps they are; none is shorter than one step
            "num_epochs": lora.steps,
            "val_every_steps": lora.eval_every,
            "ckpt_every_steps": lora.save_every,
            "save_checkpoint_every_epoch": False,
        },
        "optimizer": {
            "_target_": "torch.optim.AdamW",
            "lr": lora.learning_rate,
            "betas": [0.9, lora.beta2],
            "weight_decay": lora.weight_decay,
            "fused": True,
        },
        "peft": _peft(lora, recipe),
        "clip_grad_norm": {"max_norm": recipe.max_gradient_norm},
        "lr_scheduler": {"lr_decay_style": "cosine", "lr_warmup_steps": lora.warm_up_steps},
        "checkpoint": {
            "enabled": True,
            "checkpoint_dir": str(checkpoints),
            "model_save_format": "safetensors",
            "save_consolidated": "final",
            "max_recent_checkpoints": 1,
        },
    }
    if validation is not None:
        config["validation_dataset"] = _dataset(validation)
        config["validation_dataloader"] = _dataloader(recipe) | {"shuffle": False}
    return config


_LOGITS_AT_ONCE = {"transformers": 0, "cpu": 0, "nemo": 512}
"""A vocabulary of 131,072 tokens makes those of a batch many GiB. Chunks of a GPU's are computed twice; with 0 they are
computed once, 256 tokens at a time: see `note_loss`."""

_PRECISION = {"fp32": "float32", "bf16": "bfloat16"}


def _dataloader(recipe: Recipe) -> dict[str, Any]:
    on_cpu = recipe.implementation == "cpu"
    padded = "nemo_automodel.components.datasets.utils.default_collater"
    return {
        "_target_": "torchdata.stateful_dataloader.StatefulDataLoader",
        "collate_fn": "edscribe_pipelines.train.on_cpu.rows.as_one_row" if on_cpu else padded,
    }


def _distributed(recipe: Recipe) -> dict[str, Any]:
    shared: dict[str, Any] = {"strategy": recipe.sharding, "dp_size": "none", "tp_size": 1, "cp_size": 1}
    if recipe.sharding == "fsdp2" and recipe.precision == "fp32":
        # NeMo's default computes in bf16 whatever the weights are in.
        shared["mp_policy"] = {"param_dtype": "float32", "reduce_dtype": "float32"}
    return shared


def _model(folder: Path, recipe: Recipe) -> dict[str, Any]:
    return {
        "_target_": "nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained",
        "pretrained_model_name_or_path": str(folder),
        "force_hf": recipe.implementation != "nemo",
        "attn_implementation": recipe.attention,
        "use_liger_kernel": False,
        "torch_dtype": _PRECISION[recipe.precision],
    }


def _dataset(path: Path) -> dict[str, Any]:
    return {"_target_": "edscribe_pipelines.train.lessons.Lessons", "path": str(path)}


def _peft(lora: Lora, recipe: Recipe) -> dict[str, Any]:
    on_gpu = recipe.implementation == "nemo"
    return {
        "_target_": "nemo_automodel.components._peft.lora.PeftConfig",
        "target_modules": [f"*.{layer}" for layer in TARGETS[lora.targets]],
        "dim": lora.rank,
        "alpha": lora.alpha,
        "dropout": lora.dropout,
        # of what an adapter reads, as peft has it
        "dropout_position": "pre",
        # in bf16 it learns slower: on SmolLM2 a loss of 0.36 after 8 steps against 0.09
        "lora_dtype": "float32" if recipe.implementation == "cpu" else None,
        "use_triton": on_gpu,
        # saves memory by computing twice
        "use_memory_efficient_lora": on_gpu,
    }
