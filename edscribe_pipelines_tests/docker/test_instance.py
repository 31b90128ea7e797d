"""The Dagster instance of the containers: the root dagster.yaml with docker/dagster_storage.yaml appended."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from dagster._core.instance.ref import InstanceRef
from sqlalchemy import create_engine

from edscribe_pipelines_tests.docker.deployment import DOCKERFILES, ROOT, arguments, compose, copied

APPENDED = ("dagster.yaml", "docker/dagster_storage.yaml")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> InstanceRef:
    """What Dagster makes of the file, which it checks against its own schema."""
    home = tmp_path_factory.mktemp("home")
    content = "".join((ROOT / path).read_text(encoding="utf-8") for path in APPENDED)
    (home / "dagster.yaml").write_text(content, encoding="utf-8")
    return InstanceRef.from_dir(str(home))


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_image_appends_the_storage_to_the_instance_of_the_repository(dockerfile: Path) -> None:
    assert set(APPENDED) <= set(copied(dockerfile))
    assert "cat /opt/dagster/dagster_storage.yaml >> /opt/dagster/dagster.yaml" in arguments(dockerfile, "RUN")
    assert any("DAGSTER_HOME=/opt/dagster " in rest for rest in arguments(dockerfile, "ENV"))


def test_appending_replaces_no_setting_of_the_repository() -> None:
    ours, containers = (yaml.safe_load((ROOT / path).read_text(encoding="utf-8")) for path in APPENDED)
    assert ours.keys().isdisjoint(containers)


def test_everything_is_stored_in_the_postgres_of_the_environment(instance: InstanceRef) -> None:
    assert instance.storage_data is not None
    assert instance.storage_data.class_name == "DagsterPostgresStorage"
    sources = yaml.safe_load(instance.storage_data.config_yaml)["postgres_db"].values()
    asked_for = {source["env"] for source in sources if isinstance(source, dict)}
    assert asked_for == compose()["services"]["daemon"]["environment"].keys()


def test_postgres_is_reached_with_the_driver_that_is_installed(instance: InstanceRef) -> None:
    assert instance.storage_data is not None
    scheme = yaml.safe_load(instance.storage_data.config_yaml)["postgres_db"]["scheme"]
    assert create_engine(f"{scheme}://dagster@postgres/dagster").dialect.driver == "psycopg2"


def test_steps_in_other_containers_share_outputs_and_logs(instance: InstanceRef) -> None:
    shared = Path("/data/dagster")
    for service in ("code-location", "worker"):
        assert f"dagster:{shared}" in compose()["services"][service]["volumes"]
    assert Path(instance.local_artifact_storage.base_dir) == shared
    logs = yaml.safe_load(instance.compute_logs_data.config_yaml)["base_dir"]
    assert shared in Path(logs).parents


def test_runs_start_in_the_code_location_and_nothing_is_reported_to_dagster(instance: InstanceRef) -> None:
    assert instance.run_launcher_data is not None
    assert instance.run_launcher_data.class_name == "DefaultRunLauncher"
    assert instance.settings["telemetry"] == {"enabled": False}
