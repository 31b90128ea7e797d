"""Steps as containers of a Docker engine, with its GPUs: `docker run --gpus`, by dagster-docker.

A container outlives the run's process; its step worker ends when Dagster's storage says that the run is over
(`step_worker.py`, `run`). A run whose process was killed without a word stays STARTED there, under Dagster's default
launcher, until somebody cancels it in the UI.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import requests
from dagster import DagsterEvent, DagsterInstance
from dagster._core.executor.step_delegating import CheckStepHealthResult, StepHandlerContext
from dagster_docker.container_context import DockerContainerContext
from dagster_docker.docker_executor import DockerStepHandler
from docker.client import DockerClient
from docker.errors import DockerException, ImageNotFound, NotFound
from docker.types import DeviceRequest

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.orchestration.executor.attempt import attempt_of
from edscribe_pipelines.orchestration.executor.ending import describe_exit
from edscribe_pipelines.orchestration.executor.place import STEP_WORKER, Place, in_time, require_set
from edscribe_pipelines.orchestration.executor.placements import Docker
from edscribe_pipelines.orchestration.executor.step_worker import GRACE_SECONDS

_LABEL = "edscribe.accelerator"
_NOT_YET_ENDED = {"created", "running", "restarting", "paused"}
_ANSWERS_WITHIN_SECONDS = 20


class OnDocker(Place):
    name = "OnDocker"

    def __init__(self, accelerator: str, placement: Docker) -> None:
        self._placement = placement
        self._label = f"{_LABEL}={accelerator}"
        self._steps = _Containers(placement.image, _container(placement, {_LABEL: accelerator}))

    def require(self, instance: DagsterInstance) -> None:
        where, image = "placement docker", self._placement.image
        require_set(where, self._placement.environment)
        try:
            self._steps.engine.ping()
            self._steps.engine.images.get(image)
        except ImageNotFound:
            raise BadInput(
                where, "its engine has no such image", field="image", remedy=f"docker pull {image}"
            ) from None
        except (DockerException, requests.RequestException):
            at = os.environ.get("DOCKER_HOST", "this machine's socket")
            raise BadInput(where, f"no Docker engine answers at {at}", remedy="Start it, or set DOCKER_HOST.") from None

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        with _engine_trouble("could not start the step"):
            self._require_room()
            try:
                yield from self._steps.launch_step(step_handler_context)
            except DockerException:
                self._remove(attempt_of(step_handler_context).name)
                raise

    def _require_room(self) -> None:
        if not in_time(lambda: len(self._at_work()) < self._placement.steps_at_once):
            names = ", ".join(self._at_work())
            raise StageFailed(f"the Docker engine's GPU is taken by {names}. Wait for it, or docker stop it")

    def _at_work(self) -> list[str]:
        return [container.name for container in self._steps.engine.containers.list(filters={"label": self._label})]

    def _remove(self, name: str) -> None:
        for container in self._steps.engine.containers.list(all=True, filters={"name": name}):
            container.remove(force=True)

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        try:
            container = self._steps.engine.containers.get(attempt_of(step_handler_context).name)
        except NotFound:
            return CheckStepHealthResult.unhealthy("its container is gone")
        if container.status in _NOT_YET_ENDED:
            return CheckStepHealthResult.healthy()
        state = container.attrs["State"]
        how = "its container ran out of memory" if state.get("OOMKilled") else describe_exit(state["ExitCode"])
        return CheckStepHealthResult.unhealthy(f"{how}. docker logs {container.name} has its output")

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        with _engine_trouble("could not stop the step"):
            try:
                yield from self._steps.terminate_step(step_handler_context)
            except NotFound:
                return


class _Containers(DockerStepHandler):
    """dagster-docker's handler, with one client for all calls, our image whatever the run's is, and our names."""

    def __init__(self, image: str, context: DockerContainerContext) -> None:
        super().__init__(image, context)
        self._our_image = image

    @cached_property
    def engine(self) -> DockerClient:
        return DockerClient.from_env(timeout=_ANSWERS_WITHIN_SECONDS)

    def _get_client(self, docker_container_context: DockerContainerContext) -> DockerClient:
        return self.engine

    def _get_image(self, step_handler_context: StepHandlerContext) -> str:
        return self._our_image

    def _get_container_name(self, step_handler_context: StepHandlerContext) -> str:
        return attempt_of(step_handler_context).name


def _container(placement: Docker, labels: dict[str, str]) -> DockerContainerContext:
    settings: dict[str, Any] = {
        "entrypoint": [*STEP_WORKER, "run"],
        "device_requests": [DeviceRequest(count=placement.gpus, capabilities=[["gpu"]])],
        "shm_size": placement.shm_size,
        "volumes": list(placement.volumes),
        "labels": labels,
        "stop_timeout": GRACE_SECONDS,
    }
    return DockerContainerContext(
        env_vars=placement.environment,
        networks=[placement.network] if placement.network else [],
        container_kwargs=settings,
    )


@contextmanager
def _engine_trouble(what: str) -> Iterator[None]:
    try:
        yield
    except (DockerException, requests.RequestException) as error:
        why = getattr(error, "explanation", None) or type(error).__name__
        raise StageFailed(f"the Docker engine {what}: {why}") from None
