"""A stage's result as Dagster shows it: counts and names, never a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    DataVersion,
    MaterializeResult,
    OpExecutionContext,
    Output,
)

from edscribe_pipelines.results.result import Result


def materialised(
    context: AssetExecutionContext,
    result: Result,
    *,
    checks: Sequence[AssetCheckResult] = (),
    metadata: dict[str, Any] | None = None,
) -> MaterializeResult:
    """Return the event that says a stage's result stands, new or reused, and log it in a line."""
    context.log.info(_line(result))
    return MaterializeResult(
        asset_key=AssetKey(result.manifest["stage"]),
        metadata=_shown(result) | (metadata or {}),
        check_results=list(checks),
        data_version=_version(result),
    )


def committed(context: OpExecutionContext, result: Result, metadata: dict[str, Any] | None = None) -> Output[None]:
    """Return the same event as the output of the last op of a stage that fans out."""
    context.log.info(_line(result))
    return Output(
        None, result.manifest["stage"], metadata=_shown(result) | (metadata or {}), data_version=_version(result)
    )


def _shown(result: Result) -> dict[str, Any]:
    return {**_counts(result), "reused": result.reused, "seconds": result.manifest["seconds"]}


def _counts(result: Result) -> dict[str, Any]:
    return {name: value for name, value in result.counts.items() if isinstance(value, int | float | str)}


def _version(result: Result) -> DataVersion:
    return DataVersion(result.manifest["content"][:16])


def _line(result: Result) -> str:
    figures = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in _counts(result).items())
    time = "unchanged" if result.reused else f"{result.manifest['seconds']:.1f} s"
    return f"{result.manifest['stage']}: {figures} ({time})"
