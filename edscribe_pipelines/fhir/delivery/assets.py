"""The delivery of a month's FHIR export as an asset."""

from functools import partial
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    MaterializeResult,
    ResourceParam,
)

from edscribe_pipelines.fhir.delivery.month import deliver_month
from edscribe_pipelines.orchestration.assets import stage_asset
from edscribe_pipelines.orchestration.reporting import materialised
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

_WHOLE = "delivered_whole"


@stage_asset(
    "fhir_delivery",
    {"json"},
    checks=[
        AssetCheckSpec(
            _WHOLE, asset="fhir_delivery", description="Nothing was refused, and what was read back is what was sent."
        )
    ],
)
def fhir_delivery(
    context: AssetExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
) -> MaterializeResult:
    """The month's FHIR export on the server, store or folder that EDSCRIBE_FHIR_TARGET names; none: nothing is sent.

    What is there already is not sent again. What the target refused is in `fhir_dead_letters` of the store: mend it,
    then `edscribe fhir replay`. A run that was killed goes on. Rows that may not go to the target's host are left out.
    """
    month = context.partition_key
    export = stages.verified(stages.get("fhir_export", month))
    knobs = settings.model_dump(include={"fhir_target", "fhir_staging", "fhir_root", "trusted_hosts"})
    build = partial(deliver_month, export.folder, month, settings)
    result = stages.run("fhir_delivery", month, build, settings=knobs)
    counts: dict[str, Any] = {name: result.counts.get(name, 0) for name in ("refused", "held_back", "left_out")}
    is_whole = not result.counts.get("not_whole", 0)
    whole = AssetCheckResult(passed=is_whole, check_name=_WHOLE, severity=AssetCheckSeverity.WARN, metadata=counts)
    if not result.counts["targets"]:
        context.log.info("EDSCRIBE_FHIR_TARGET is not set: nothing is sent.")
    return materialised(context, result, checks=[whole])
