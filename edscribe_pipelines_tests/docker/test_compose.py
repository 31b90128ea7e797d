"""No service can be started here: what can be known of compose.yaml without an engine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.orchestration.executor.placements import Docker, load_placements
from edscribe_pipelines_tests.docker.deployment import ROOT, compose, read_yaml

COMPOSE = compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STAYING = ("postgres", "code-location", "webserver", "daemon")

each = pytest.mark.parametrize("service", SERVICES)
each_staying = pytest.mark.parametrize("service", STAYING)


@pytest.fixture(scope="module")
def placement() -> Docker:
    (only,) = load_placements(ROOT / "docker" / "placements.yaml").values()
    assert isinstance(only, Docker)
    return only


def sources(service: str) -> set[str]:
    """Return the volumes, folders and sockets that a service mounts."""
    mounts = SERVICES[service].get("volumes", [])
    return {mount["source"] if isinstance(mount, dict) else mount.split(":")[0] for mount in mounts}


def who_mounts(source: str) -> set[str]:
    return {service for service in SERVICES if source in sources(service)}


def test_follows_the_compose_specification() -> None:
    check = Path(sys.executable).parent / "check-jsonschema"
    command = [check, "--builtin-schema", "vendor.compose-spec", ROOT / "docker" / "compose.yaml"]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@each
def test_runs_without_root_or_any_capability(service: str) -> None:
    assert SERVICES[service]["user"] in ("65532:65532", "postgres")
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]


@each_staying
def test_service_is_restarted_and_watched(service: str) -> None:
    assert SERVICES[service]["restart"] == "unless-stopped"
    assert SERVICES[service]["healthcheck"]["test"][0] == "CMD"


def test_only_the_ui_is_reached_and_from_this_machine_alone() -> None:
    ports = {service: SERVICES[service]["ports"] for service in SERVICES if "ports" in SERVICES[service]}
    assert ports == {"webserver": ["127.0.0.1:3000:3000"]}


def test_only_the_code_location_opens_the_phi_zone() -> None:
    assert who_mounts("phi_store") == {"code-location"}
    (inputs,) = (source for source in sources("code-location") if "EDSCRIBE_INPUTS" in source)
    assert who_mounts(inputs) == {"code-location"}


def test_only_the_code_location_holds_the_docker_socket() -> None:
    assert who_mounts("/var/run/docker.sock") == {"code-location"}


@each
def test_secret_is_asked_for_and_not_in_the_file(service: str) -> None:
    environment = SERVICES[service].get("environment", {})
    secret = {name: value for name, value in environment.items() if re.search("PASSWORD|KEY|TOKEN|SECRET", name)}
    assert all(value is None or re.fullmatch(r"\$\{\w+:\?[^}]+\}", value) for value in secret.values())


@each
def test_image_has_a_version(service: str) -> None:
    version = SERVICES[service]["image"].split(":")[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if "build" in SERVICES[service]:
        assert version == project["version"]
    else:
        assert re.match(r"\d+\.\d+-", version)


@each
def test_dockerfile_and_build_context_exist(service: str) -> None:
    build = SERVICES[service].get("build")
    assert build is None or (ROOT / "docker" / build["context"] / build["dockerfile"]).is_file()


def test_workspace_names_the_code_location_as_it_is_served() -> None:
    (location,) = read_yaml("docker/workspace.yaml")["load_from"]
    server = location["grpc_server"]
    command = SERVICES[server["host"]]["command"]
    assert command[:3] == ["dagster", "api", "grpc"]
    assert command[command.index("--port") + 1] == str(server["port"])
    assert command[command.index("--location-name") + 1] == server["location_name"]
    assert command[command.index("--module-name") + 1] == "edscribe_pipelines.definitions"


@each_staying
def test_database_of_dagster_is_the_one_that_postgres_makes(service: str) -> None:
    made = SERVICES["postgres"]["environment"]
    if service != "postgres":
        used = SERVICES[service]["environment"]
        assert used["DAGSTER_POSTGRES_HOST"] in SERVICES
        for name in ("DB", "USER", "PASSWORD"):
            assert used[f"DAGSTER_POSTGRES_{name}"] == made[f"POSTGRES_{name}"]


def test_placement_is_found_by_the_process_that_starts_steps() -> None:
    where = SERVICES["code-location"]["environment"]["EDSCRIBE_PLACEMENTS"]
    assert f"docker/{Path(where).name}" in (ROOT / "docker/control-plane.Dockerfile").read_text(encoding="utf-8")
    assert Path(where).parent == Path("/opt/dagster")


def test_placement_runs_the_worker_as_compose_describes_it(placement: Docker) -> None:
    worker = SERVICES["worker"]
    (device,) = worker["deploy"]["resources"]["reservations"]["devices"]
    assert (placement.image, placement.shm_size, placement.gpus) == (
        worker["image"],
        worker["shm_size"],
        device["count"],
    )
    assert {placement.network} == {COMPOSE["networks"][name]["name"] for name in worker["networks"]}
    named = {name: volume["name"] for name, volume in COMPOSE["volumes"].items()}
    mounts = [mount.split(":", 1) for mount in worker["volumes"]]
    assert list(placement.volumes) == [f"{named[source]}:{target}" for source, target in mounts]


def test_placement_inherits_only_what_the_code_location_always_has(placement: Docker) -> None:
    environment = SERVICES["code-location"]["environment"]
    assert [name for name in placement.environment if environment.get(name) is None] == []
    assert {name for name in environment if name.startswith("DAGSTER_POSTGRES")} <= set(placement.environment)


def test_worker_is_built_on_demand_and_never_brought_up() -> None:
    assert SERVICES["worker"]["profiles"] == ["worker"]
    assert SERVICES["worker"]["restart"] == "no"
