"""A stage's result as Dagster shows it: counts and names, never a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagster import AssetCheckResult, AssetExecutionContext, AssetKey, DataVersion, MaterializeResult

from edscribe_pipelines.orchestration.stages import Result


def materialised(
    context: AssetExecutionContext,
    result: Result,
    *,
    checks: Sequence[AssetCheckResult] = (),
    metadata: dict[str, Any] | None = None,
) -> MaterializeResult:
    """Return the event that says a stage's result stands, new or reused, and log it in a line."""
    counts = {name: value for name, value in result.counts.items() if isinstance(value, int | float | str)}
    context.log.info(_line(result, counts))
    return MaterializeResult(
        asset_key=AssetKey(result.manifest["stage"]),
        metadata={**counts, "reused": result.reused, "seconds": result.manifest["seconds"], **(metadata or {})},
        check_results=list(checks),
        data_version=DataVersion(result.manifest["content"][:16]),
    )


def _line(result: Result, counts: dict[str, Any]) -> str:
    figures = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in counts.items())
    time = "unchanged" if result.reused else f"{result.manifest['seconds']:.1f} s"
    return f"{result.manifest['stage']}: {figures} ({time})"
