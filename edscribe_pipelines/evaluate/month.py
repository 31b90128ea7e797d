"""A month's evaluation, made of kept notes without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.evaluate.champion import headline
from edscribe_pipelines.evaluate.compare import compare_systems
from edscribe_pipelines.evaluate.report import count_cases, write_report
from edscribe_pipelines.files import read_json, read_jsonl

PAGE = "report.html"


def report_month(
    tested: list[dict[str, Any]],
    notes: pl.DataFrame,
    cases: pl.DataFrame,
    checkpoint: Path,
    specialty: Specialty,
    folder: Path,
    *,
    month: str,
    seed: int,
    champion: str,
) -> dict[str, Any]:
    """Score the generated `notes` of the `tested` cases, write the report to `folder` and return its figures.

    `cases` are those of all splits; `champion` is the hash of the champion of before, or why it is not compared.
    """
    generated = {
        str(system): dict(rows.select("case_id", "note").iter_rows())
        for (system,), rows in notes.group_by("system", maintain_order=True)
    }
    evaluation = compare_systems(
        tested, generated, specialty=specialty, month=month, seed=seed, champion_before=champion
    )
    counts = {"counts": count_cases({str(split): rows.to_dicts() for (split,), rows in cases.group_by("split")})}
    write_report(folder, evaluation, _training(checkpoint), counts)
    by_system = {system: headline(evaluation.systems[system].overall) for system in generated}
    return {"test_cases": len(tested), **by_system, **by_system["adapter"]}


def _training(checkpoint: Path) -> dict[str, Any]:
    curve = [event for _, event in read_jsonl(checkpoint / "training.jsonl")]
    summary = read_json(checkpoint / "summary.json")
    return {
        "settings": {name: value for name, value in summary.items() if not isinstance(value, dict)},
        "losses": [{"step": event["step"], "loss": event["loss"]} for event in curve if event["event"] == "step"],
    }
