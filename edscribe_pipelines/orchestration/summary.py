"""What a month's stages hold, in one file: counts, figures and paths, nothing that names anybody."""

from __future__ import annotations

from typing import Any

from edscribe_pipelines.orchestration.partitions import month_and_specialty
from edscribe_pipelines.results.catalogue import stages_of
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

_TIER = "tier_"
_SPLITS = ("train", "validation", "test")
_QUARANTINE_PAGE, _REPORT_PAGE, _ADAPTER = "quarantine.html", "report.html", "adapter"


def summarise_month(stages: Stages, settings: Settings, month: str) -> dict[str, Any]:
    """Return counts in and out of each stage, patients per split, quarantine reasons, tiers, and for each
    specialty the adapter with its figures. Paths are relative to the store."""
    monthly = {stage: stages.get(stage, month) for stage in stages_of("month")}
    gated, splits = monthly["gated_corpus"].counts, monthly["splits"].counts
    return {
        "schema": "summary/1",
        "month": month,
        "stays": monthly["encounters"].counts["encounters"],
        "gated_cases": gated["cases"],
        "quarantined": monthly["quarantined_cases"].counts["cases"],
        "quarantine_reasons": monthly["quarantined_cases"].counts["reasons"],
        "quarantine_page": _path(monthly["quarantined_cases"], _QUARANTINE_PAGE, settings),
        "duplicates": splits["duplicates"],
        "gold_cases": monthly["gold_set"].counts["cases"],
        "tiers": {name.removeprefix(_TIER): count for name, count in gated.items() if name.startswith(_TIER)},
        "splits": {
            split: {"cases": splits[f"{split}_cases"], "patients": splits[f"{split}_patients"]} for split in _SPLITS
        },
        "specialties": {name: _specialty(stages, settings, month, name) for name in settings.specialties},
        "fhir_resources": monthly["fhir_export"].counts,
        "fhir_delivery": monthly["fhir_delivery"].counts,
        "stages": {stage: _stage(result) for stage, result in monthly.items()},
    }


def _specialty(stages: Stages, settings: Settings, month: str, specialty: str) -> dict[str, Any]:
    partition = month_and_specialty(month, specialty)
    results = {stage: stages.get(stage, partition) for stage in stages_of("month and specialty")}
    training, report = results["lora_checkpoint"], results["eval_report"]
    return {
        "adapter": _path(results["model_card"], _ADAPTER, settings),
        "report": _path(report, _REPORT_PAGE, settings),
        "training": training.counts,
        "metrics": {"adapter": report.counts["adapter"], "base": report.counts["base"]},
        "test_cases": report.counts["test_cases"],
        "champion": results["champion"].counts,
        "stages": {stage: _stage(result) for stage, result in results.items()},
    }


def _path(result: Result, name: str, settings: Settings) -> str:
    return (result.folder / name).relative_to(settings.store).as_posix()


def _stage(result: Result) -> dict[str, Any]:
    return {"counts": result.counts, "seconds": result.manifest["seconds"]}
