"""How a stage becomes an asset: partitions, dependencies, group and executor tags follow from its catalogue row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagster import AssetCheckSpec, PartitionsDefinition, asset

from edscribe_pipelines.orchestration.partitions import MONTHS, MONTHS_BY_SPECIALTY, ONE_AT_A_TIME
from edscribe_pipelines.results.catalogue import CATALOGUE


def stage_asset(name: str, kinds: set[str], checks: Sequence[AssetCheckSpec] = ()) -> Any:
    """Return the decorator that makes a function the asset of the stage `name`; its docstring describes it."""
    stage = CATALOGUE[name]
    how: dict[str, Any] = {}
    if stage.partitions == "month and specialty":
        how["backfill_policy"] = ONE_AT_A_TIME
    if stage.accelerated:
        how |= {"op_tags": {"edscribe/accelerator": "h100"}, "pool": "accelerator"}
    return asset(
        name=name,
        partitions_def=partitions_of(name),
        # Not mapped to earlier months: Dagster would take a backfill of one month on to all later ones, also to those
        # that never ran. `Stages.up_to` asks for the earlier months, and backfills go in their order (dagster.yaml).
        deps=list(stage.upstream),
        check_specs=list(checks),
        group_name=stage.group,
        kinds=kinds,
        **how,
    )


def partitions_of(name: str) -> PartitionsDefinition[Any]:
    return MONTHS if CATALOGUE[name].partitions == "month" else MONTHS_BY_SPECIALTY
