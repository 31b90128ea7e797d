"""The figures of `scribe.py`: of each system's notes, with intervals that draw patients, as a table, against bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from edscribe_pipelines.clinical.specialties import Specialty
from edscribe_pipelines.evaluate.compare import RESAMPLES
from edscribe_pipelines.evaluate.score import Pair, score_pairs

METRICS = (
    "completeness",
    "complete_notes",
    "content_compliant",
    "rouge_l",
    "bertscore",
    "number_precision",
    "number_recall",
    "medication_recall",
)
BARS = {
    "completeness": 0.98,
    "complete_notes": 0.95,
    "rouge_l": 0.85,
    "number_precision": 0.99,
    "number_recall": 0.93,
    "medication_recall": 0.93,
}
"""What a mean has to reach; and there is to be no critical finding on content."""

Note = dict[str, Any]
"""corpus, set, system, seed, patient, `critical` (findings on content) and each metric, or None."""


def score(
    written: pl.DataFrame, notes: Sequence[str], specialty: Specialty, *, corpus: str, system: str, seed: str
) -> list[Note]:
    """Return the figures of a system's `notes` for the cases of `written`."""
    rows = written.to_dicts()
    pairs = [
        Pair(
            id=f"{row['set']} {row['case_id']}",
            prompt=row["prompt"],
            reference=row["completion"],
            generated=note,
        )
        for row, note in zip(rows, notes, strict=True)
    ]
    return [
        {"corpus": corpus, "set": row["set"], "system": system, "seed": seed, "patient": row["patient"]}
        | {"critical": _on_content(case["critical_findings"])}
        | {metric: case[metric] for metric in METRICS}
        for row, case in zip(rows, score_pairs(pairs, specialty.sections).cases, strict=True)
    ]


def _on_content(findings: dict[str, int]) -> int:
    return sum(count for rule, count in findings.items() if not rule.startswith("section."))


def summarise(notes: list[Note]) -> list[dict[str, Any]]:
    """Return a row for each corpus, set and system: its figures over all seeds together, and for each seed."""
    groups: dict[tuple[str, str, str], list[Note]] = {}
    for note in notes:
        groups.setdefault((note["corpus"], note["set"], note["system"]), []).append(note)
    return [
        {"corpus": corpus, "set": which, "system": system}
        | _figures(group)
        | {"by_seed": {seed: _figures([n for n in group if n["seed"] == seed]) for seed in _seeds(group)}}
        for (corpus, which, system), group in sorted(groups.items(), key=lambda item: item[0][:2])
    ]


def _seeds(notes: list[Note]) -> list[str]:
    return list(dict.fromkeys(note["seed"] for note in notes))


def _figures(notes: list[Note]) -> dict[str, Any]:
    return {
        "notes": len(notes),
        "patients": len({note["patient"] for note in notes}),
        "critical_on_content": sum(note["critical"] for note in notes),
        "metrics": {metric: _mean_by_patient(notes, metric) for metric in METRICS},
    }


def _mean_by_patient(notes: list[Note], metric: str) -> list[float | None]:
    """Return mean, low and high: the 95 % interval draws patients, as `evaluate.compare` does."""
    known = [(note["patient"], float(note[metric])) for note in notes if note[metric] is not None]
    if not known:
        return [None, None, None]
    patients, of_patient = np.unique([patient for patient, _ in known], return_inverse=True)
    sums, counts = np.bincount(of_patient, weights=[value for _, value in known]), np.bincount(of_patient)
    mean = round(float(sums.sum() / counts.sum()), 4)
    if len(patients) < 2:
        return [mean, None, None]
    drawn = np.random.default_rng(0).integers(len(patients), size=(RESAMPLES, len(patients)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])
    return [mean, round(float(low), 4), round(float(high), 4)]


def table(rows: list[dict[str, Any]], judged: str) -> Iterator[str]:
    """Yield the lines of the table, and the bars of the system that is `judged`."""
    for row in rows:
        yield f"\n{row['corpus']}, {row['set']}, {row['system']}: {row['notes']} notes of {row['patients']} patients"
        for metric in METRICS:
            seeds = " ".join(_number(seed["metrics"][metric][0]) for seed in row["by_seed"].values())
            mean, low, high = map(_number, row["metrics"][metric])
            yield f"  {metric:20} {mean} [{low}, {high}]   by seed: {seeds}"
        yield f"  {'critical_on_content':20} {row['critical_on_content']}"
        if row["system"] == judged:
            yield from (f"  bar: {line}" for line in _judge(row))


def _judge(row: dict[str, Any]) -> Iterator[str]:
    for metric, bar in BARS.items():
        mean = row["metrics"][metric][0]
        yield f"{metric} >= {bar}: {_verdict(mean is not None and mean >= bar)}"
    yield f"no critical finding on content: {_verdict(row['critical_on_content'] == 0)}"


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def _number(value: float | None) -> str:
    return "    -" if value is None else f"{value:.3f}"
