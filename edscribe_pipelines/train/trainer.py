"""NeMo AutoModel's finetune recipe, reporting each step. Imported by the worker only: it loads NeMo."""

from __future__ import annotations

import math
import resource
import time
from pathlib import Path
from typing import Any

import orjson
import torch
from nemo_automodel.recipes.llm.train_ft import TrainFinetuneRecipeForNextTokenPrediction

from edscribe_pipelines.files import write_json
from edscribe_pipelines.train.on_cpu.block import by_hand
from edscribe_pipelines.train.on_cpu.memory import give_memory_back
from edscribe_pipelines.train.packing import packing_contract
from edscribe_pipelines.train.recipe import Recipe
from edscribe_pipelines.train.report import NotANumber, Report


class ReportingRecipe(TrainFinetuneRecipeForNextTokenPrediction):
    """Its loop, unchanged. Every step and validation also goes to `curve.jsonl`, flushed: NeMo's own
    curve waits for a hundred steps and would be lost with a killed worker. Of several processes the first
    one reports."""

    def __init__(self, config: Any, folder: Path, report: Report, recipe: Recipe) -> None:
        super().__init__(config)
        self._folder = folder
        self._report = report
        self._recipe = recipe

    def setup(self) -> None:
        super().setup()
        if self._recipe.implementation == "cpu":
            by_hand(self.model_parts[0])
        if self._recipe.gradient_checkpointing:
            # NeMo's own wraps layers that train; with LoRA those are few, and the frozen ones fill the memory.
            self.model_parts[0].gradient_checkpointing_enable({"use_reentrant": False})
        if self.dist_env.is_main:
            parameters = list(self.model_parts[0].parameters())
            write_json(
                self._folder / "parameters.json",
                {
                    "total": sum(parameter.numel() for parameter in parameters),
                    "trainable": sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
                    "hardware": _hardware(self.dist_env.world_size),
                },
            )
        self._first_step, self._started = self.step_scheduler.step, time.monotonic()

    def _configure_packing(self) -> Any:
        super()._configure_packing()
        return packing_contract(self.model_parts)

    def log_train_metrics(self, log_data: Any) -> None:
        """Report the step. Raises NotANumber before NeMo would store what it has led to."""
        super().log_train_metrics(log_data)
        if self._recipe.implementation == "cpu":
            give_memory_back()
        metrics, step = log_data.metrics, log_data.step + 1
        if not (math.isfinite(metrics["loss"]) and math.isfinite(float(metrics["grad_norm"]))):
            raise NotANumber(step)
        self._keep(
            {
                "event": "step",
                "step": step,
                "of": self.step_scheduler.max_steps,
                "loss": round(metrics["loss"], 5),
                "learning_rate": metrics["lr"],
                "gradient_norm": round(float(metrics["grad_norm"]), 5),
                "tokens": metrics["num_tokens_per_step"],
                "note_tokens": metrics["num_label_tokens"],
                "tokens_per_second": round(metrics["tps"], 1),
                "memory_gib": round(_peak_memory_gib(), 2),
                "seconds_left": round(self._seconds_left(step)),
            }
        )

    def log_val_metrics(self, val_name: str, log_data: Any, metric_logger: Any = None) -> None:
        super().log_val_metrics(val_name, log_data, metric_logger)
        loss = round(log_data.metrics["val_loss"], 5)
        self._keep({"event": "validation", "step": log_data.step + 1, "loss": loss})

    def _seconds_left(self, step: int) -> float:
        pace = (time.monotonic() - self._started) / (step - self._first_step)
        return pace * (self.step_scheduler.max_steps - step)

    def _keep(self, event: dict[str, Any]) -> None:
        if not self.dist_env.is_main:
            return
        with (self._folder / "curve.jsonl").open("ab") as curve:
            curve.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
        self._report(event)


def _peak_memory_gib() -> float:
    """On the GPU, or of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**30
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _hardware(processes: int) -> str:
    if torch.cuda.is_available():
        return f"{processes} x {torch.cuda.get_device_name()}"
    return f"CPU, {processes} x {torch.get_num_threads()} threads"
