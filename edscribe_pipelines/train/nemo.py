"""The recipe of one stage in NeMo AutoModel's own words.

Key names and values are those of NeMo AutoModel 0.7.0's `examples/llm_finetune`. Without `peft` the same
recipe trains all parameters: that is how the base is warmed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edscribe_pipelines.train.recipe import TARGETS, Lora, Recipe, Stage


def finetune_config(
    recipe: Recipe, stage: Stage, *, model: Path, train: Path, validation: Path | None, checkpoints: Path, seed: int
) -> dict[str, Any]:
    """Return the configuration with which NeMo's finetune recipe runs `stage` from the weights in `model`.

    Without `validation` it does not validate: NeMo cannot read a file without lines.
    """
    config: dict[str, Any] = {
        "seed": seed,
        "dist_env": {"backend": "gloo", "timeout_minutes": 10},
        "distributed": {"strategy": "ddp", "dp_size": "none", "tp_size": 1, "cp_size": 1},
        "model": {
            "_target_": "nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained",
            "pretrained_model_name_or_path": str(model),
            "force_hf": True,  # NeMo's own NemotronH class needs mamba_ssm
            "attn_implementation": "sdpa",
            "use_liger_kernel": False,
            "torch_dtype": "float32",
        },
        "loss_fn": {"_target_": "nemo_automodel.components.loss.masked_ce.MaskedCrossEntropy"},
        "dataset": _dataset(train, recipe),
        "packed_sequence": {"packed_sequence_size": 0},  # packing needs kernels that keep cases apart
        "dataloader": {**_DATALOADER, "group_by_length": True},
        "step_scheduler": {
            "global_batch_size": recipe.batch_size,
            "local_batch_size": recipe.batch_size,
            "max_steps": stage.steps,
            "ckpt_every_steps": stage.checkpoint_every,
            "save_checkpoint_every_epoch": False,
        },
        "optimizer": {
            "_target_": "torch.optim.AdamW",
            "lr": stage.learning_rate,
            "weight_decay": stage.weight_decay,
            "fused": True,
        },
        "lr_scheduler": {"lr_decay_style": "cosine", "lr_warmup_steps": stage.warm_up_steps},
        "checkpoint": {
            "enabled": True,
            "checkpoint_dir": str(checkpoints),
            "model_save_format": "safetensors",
            "save_consolidated": "final",
            "max_recent_checkpoints": 1,
        },
    }
    if validation is not None:
        config["validation_dataset"] = _dataset(validation, recipe)
        config["validation_dataloader"] = {**_DATALOADER, "shuffle": False}
    if isinstance(stage, Lora):
        config["peft"] = _peft(stage)
    return config


_DATALOADER = {
    "_target_": "torchdata.stateful_dataloader.StatefulDataLoader",
    "collate_fn": "nemo_automodel.components.datasets.utils.default_collater",
}


def _dataset(path: Path, recipe: Recipe) -> dict[str, Any]:
    return {
        "_target_": "nemo_automodel.components.datasets.llm.column_mapped_text_instruction_dataset."
        "ColumnMappedTextInstructionDataset",
        "path_or_dataset_id": str(path),
        "column_mapping": {"question": "prompt", "answer": "completion"},
        "answer_only_loss_mask": True,
        "use_hf_chat_template": True,
        "seq_length": recipe.sequence_length,
    }


def _peft(lora: Lora) -> dict[str, Any]:
    return {
        "_target_": "nemo_automodel.components._peft.lora.PeftConfig",
        "target_modules": [f"*.{layer}" for layer in TARGETS[lora.targets]],
        "dim": lora.rank,
        "alpha": lora.alpha,
        "dropout": lora.dropout,
        "use_triton": False,
    }
