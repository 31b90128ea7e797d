from pathlib import Path
from typing import Any

from dagster import AssetKey, ExecuteInProcessResult, materialize

from edscribe_pipelines.fhir.delivery.assets import fhir_delivery
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import MONTH, hashes_of, invented, settings_for, write_export


def exported(settings: Settings, stays: list[dict[str, Any]]) -> dict[str, str]:
    """Make an export of `stays` the standing result of fhir_export, and return its hashes."""

    def build(folder: Path) -> dict[str, int]:
        write_export(folder, stays)
        return {}

    return hashes_of(Stages(settings).run("fhir_export", MONTH, build, inputs={}).folder)


def run(settings: Settings) -> ExecuteInProcessResult:
    return materialize(
        [fhir_delivery], partition_key=MONTH, resources={"settings": settings, "stages": Stages(settings)}
    )


def shown(result: ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node("fhir_delivery")
    assert event.asset_key == AssetKey("fhir_delivery")
    return {name: value.value for name, value in event.metadata.items()}


def test_month_is_delivered_once_and_only_counts_are_shown(sekmet: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "store", sekmet)
    expected = exported(settings, invented("asset", 3))
    result = run(settings)
    metadata = shown(result)
    assert (metadata["sent"], metadata["reused"]) == (len(expected), False)
    assert not any("e-asset" in str(value) or "p-asset" in str(value) for value in metadata.values())
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == ("delivered_whole", True)
    assert shown(run(settings))["reused"] is True


def test_without_a_target_the_result_says_so(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path / "store", phi_store=tmp_path / "phi")
    exported(settings, invented("nowhere", 1))
    metadata = shown(run(settings))
    assert (metadata["sent"], metadata["targets"]) == (0, 0)
