"""Steps as jobs of a Kubernetes cluster, on nodes with GPUs, by dagster-k8s.

dagster-k8s' own step handler works under its run launcher alone; this one asks less: the control plane may be
in the cluster or anywhere with a kubeconfig. In the cluster a job belongs to the pod of its run and is removed
with it; elsewhere its step worker ends when Dagster's run monitoring has failed a run whose process is gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import kubernetes
import urllib3
from dagster import DagsterEvent, DagsterInstance
from dagster._core.executor.step_delegating import CheckStepHealthResult, StepHandlerContext
from dagster._core.storage.runs.sqlite import SqliteRunStorage
from dagster_k8s.client import DagsterK8sAPIRetryLimitExceeded, DagsterK8sUnrecoverableAPIError, DagsterKubernetesClient
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import DagsterK8sJobConfig, OwnerReference, UserDefinedDagsterK8sConfig, construct_dagster_k8s_job
from kubernetes.client.rest import ApiException
from kubernetes.config import ConfigException

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.orchestration.executor.attempt import attempt_of
from edscribe_pipelines.orchestration.executor.place import STEP_WORKER, Place, require_set
from edscribe_pipelines.orchestration.executor.placements import Kubernetes
from edscribe_pipelines.orchestration.executor.step_worker import GRACE_SECONDS

_WHERE = "placement kubernetes"
_ANSWERS_WITHIN_SECONDS = 10
_CANNOT_START = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"}
_TROUBLE = (
    ApiException,
    DagsterK8sAPIRetryLimitExceeded,
    DagsterK8sUnrecoverableAPIError,
    urllib3.exceptions.HTTPError,
)


class OnKubernetes(Place):
    name = "OnKubernetes"

    def __init__(self, accelerator: str, placement: Kubernetes) -> None:
        self._placement = placement
        self._accelerator = accelerator

    def require(self, instance: DagsterInstance) -> None:
        require_set(_WHERE, self._placement.environment)
        if isinstance(instance.run_storage, SqliteRunStorage):
            raise BadInput(
                _WHERE,
                "Dagster's storage is SQLite, which no pod can reach",
                remedy="Set storage: postgres in dagster.yaml.",
            )
        try:
            self._cluster.batch_api.list_namespaced_job(
                self._placement.namespace, limit=1, _request_timeout=_ANSWERS_WITHIN_SECONDS
            )
        except ConfigException:
            raise BadInput(
                _WHERE,
                "no cluster is configured",
                field="kubeconfig",
                remedy="Name a kubeconfig, or run in the cluster.",
            ) from None
        except ApiException as error:
            raise BadInput(
                _WHERE,
                f"the cluster answers {error.status} {error.reason} when asked for the namespace's jobs",
                field="namespace",
                remedy="Let the account create, read and delete jobs and read and delete pods.",
            ) from None
        except urllib3.exceptions.HTTPError:
            raise BadInput(_WHERE, "the cluster does not answer", remedy="See kubectl cluster-info.") from None
        self._settings()

    @cached_property
    def _cluster(self) -> DagsterKubernetesClient:
        if _in_cluster(self._placement):
            kubernetes.config.load_incluster_config()
        else:
            kubeconfig = self._placement.kubeconfig
            kubernetes.config.load_kube_config(str(kubeconfig) if kubeconfig else None)
        return DagsterKubernetesClient.production_client()

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        attempt = attempt_of(step_handler_context)
        yield DagsterEvent.step_worker_starting(
            step_handler_context.get_step_context(attempt.step),
            f"Starting the step as Kubernetes job {attempt.name}.",
            metadata={},
        )
        with _cluster_trouble("could not start the step"):
            self._cluster.create_namespaced_job_with_retries(
                body=self._job(step_handler_context), namespace=self._placement.namespace
            )

    def _job(self, context: StepHandlerContext) -> kubernetes.client.V1Job:
        attempt, placement, arguments = attempt_of(context), self._placement, context.execute_step_args
        return construct_dagster_k8s_job(
            DagsterK8sJobConfig(job_image=placement.image, postgres_password_secret=placement.postgres_password_secret),
            args=list(arguments.get_command_args(skip_serialized_namedtuple=True)),
            job_name=attempt.name,
            pod_name=attempt.name,
            component="step_worker",
            user_defined_k8s_config=self._settings(),
            labels={
                "dagster/job": context.dagster_run.job_name,
                "dagster/op": attempt.step,
                "dagster/run-id": attempt.run_id,
            },
            env_vars=list(arguments.get_command_env()),
            owner_references=self._owners(),
        )

    def _settings(self) -> UserDefinedDagsterK8sConfig:
        """Return the pod as the file describes it. Raises BadInput where Kubernetes has no such field."""
        placement = self._placement
        pod: dict[str, Any] = {
            "termination_grace_period_seconds": GRACE_SECONDS,
            "node_selector": placement.node_selector,
            "tolerations": list(placement.tolerations),
        }
        own = {
            "container_config": {"command": [*STEP_WORKER, "run"]},
            "pod_spec_config": {name: value for name, value in pod.items() if value},
        }
        try:
            return K8sContainerContext(
                resources={"limits": {"nvidia.com/gpu": str(placement.gpus)}},
                service_account_name=placement.service_account,
                image_pull_secrets=[{"name": name} for name in placement.image_pull_secrets],
                volumes=placement.volumes,
                volume_mounts=placement.volume_mounts,
                env_vars=placement.environment,
                env_secrets=placement.env_secrets,
                labels={"edscribe/accelerator": self._accelerator},
                run_k8s_config=UserDefinedDagsterK8sConfig.from_dict(own),
            ).run_k8s_config
        except Exception as error:
            raise BadInput(_WHERE, f"Kubernetes has no such pod: {error}", remedy="Correct the file.") from None

    def _owners(self) -> list[OwnerReference]:
        """Return the pod of the run, where the run is in the cluster: it takes its jobs with it."""
        if not _in_cluster(self._placement):
            return []
        pod = self._cluster.get_pod_by_name(os.environ["HOSTNAME"], self._placement.namespace)
        return [OwnerReference(kind="Pod", name=pod.metadata.name, uid=pod.metadata.uid)]

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        name, namespace = attempt_of(step_handler_context).name, self._placement.namespace
        status = self._cluster.get_job_status(name, namespace)
        if status is None:
            return CheckStepHealthResult.unhealthy(f"its Kubernetes job {name} is gone")
        if status.failed:
            return CheckStepHealthResult.unhealthy(f"its Kubernetes job {name} failed. kubectl logs has its output")
        if status.succeeded:
            return CheckStepHealthResult.unhealthy("its worker ended without reporting a result")
        for pod in self._cluster.get_pods_in_job(name, namespace):
            if problem := self._cannot_start(pod):
                self._cluster.delete_job(name, namespace)
                return CheckStepHealthResult.unhealthy(f"{problem}. Its job was removed; nothing ran")
        return CheckStepHealthResult.healthy()

    def _cannot_start(self, pod: Any) -> str | None:
        for container in pod.status.container_statuses or ():
            if container.state.waiting and container.state.waiting.reason in _CANNOT_START:
                return f"its pod cannot start: {container.state.waiting.reason} for image {self._placement.image}"
        for condition in pod.status.conditions or ():
            if condition.type == "PodScheduled" and condition.reason == "Unschedulable":
                waited = (datetime.now(UTC) - condition.last_transition_time).total_seconds()
                if waited > self._placement.schedule_within_seconds:
                    return (
                        f"no node took its pod within {self._placement.schedule_within_seconds} s: {condition.message}"
                    )
        return None

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        with _cluster_trouble("could not stop the step"):
            self._cluster.delete_job(attempt_of(step_handler_context).name, self._placement.namespace)
        yield from ()


def _in_cluster(placement: Kubernetes) -> bool:
    return placement.kubeconfig is None and "KUBERNETES_SERVICE_HOST" in os.environ


@contextmanager
def _cluster_trouble(what: str) -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        why = getattr(error, "reason", None) or type(error).__name__
        raise StageFailed(f"the Kubernetes cluster {what}: {why}") from None
