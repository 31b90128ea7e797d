"""NeMo AutoModel's finetune recipe, reporting each step. Imported by the worker only: it loads NeMo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from nemo_automodel.recipes.llm.train_ft import TrainFinetuneRecipeForNextTokenPrediction

from edscribe_pipelines.files import write_json
from edscribe_pipelines.train.report import Report


class ReportingRecipe(TrainFinetuneRecipeForNextTokenPrediction):
    """Its loop, unchanged. Every step and validation also goes to `curve.jsonl`, flushed: NeMo's own
    curve waits for a hundred steps and would be lost with a killed worker."""

    def __init__(self, config: Any, stage: str, folder: Path, report: Report) -> None:
        super().__init__(config)
        self._stage = stage
        self._folder = folder
        self._report = report

    def setup(self) -> None:
        super().setup()
        parameters = list(self.model_parts[0].parameters())
        write_json(
            self._folder / f"{self._stage}_parameters.json",
            {
                "total": sum(parameter.numel() for parameter in parameters),
                "trainable": sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
            },
        )

    def log_train_metrics(self, log_data: Any) -> None:
        super().log_train_metrics(log_data)
        metrics = log_data.metrics
        self._keep(
            {
                "event": "step",
                "stage": self._stage,
                "step": log_data.step + 1,
                "of": self.step_scheduler.max_steps,
                "loss": round(metrics["loss"], 5),
                "learning_rate": metrics["lr"],
                "tokens": metrics["num_tokens_per_step"],
                "note_tokens": metrics["num_label_tokens"],
                "tokens_per_second": round(metrics["tps"], 1),
            }
        )

    def log_val_metrics(self, val_name: str, log_data: Any, metric_logger: Any = None) -> None:
        super().log_val_metrics(val_name, log_data, metric_logger)
        loss = round(log_data.metrics["val_loss"], 5)
        self._keep({"event": "validation", "stage": self._stage, "step": log_data.step + 1, "loss": loss})

    def _keep(self, event: dict[str, Any]) -> None:
        with (self._folder / "curve.jsonl").open("ab") as curve:
            curve.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
        self._report(event)
