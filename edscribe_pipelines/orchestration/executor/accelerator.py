"""The executor: one run, its steps each in its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

from dagster import DagsterEvent, Executor, ExecutorDefinition, InitExecutorContext, executor
from dagster._core.definitions.executor_definition import multiple_process_executor_requirements
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode, get_retries_config
from dagster._core.executor.step_delegating import StepDelegatingExecutor

from edscribe_pipelines.orchestration.executor.place import Place
from edscribe_pipelines.orchestration.executor.placements import Docker, Kubernetes, Local, Placement, load_placements
from edscribe_pipelines.orchestration.executor.routes import ACCELERATOR, Routes
from edscribe_pipelines.orchestration.executor.this_machine import ThisMachine

_LOOKS_EVERY_SECONDS = 0.5
_CHECKS_EVERY_SECONDS = 3


def accelerator_executor(placements: Path | None, workers: int) -> ExecutorDefinition:
    """Return the executor that runs at most `workers` steps of a run at once, each in a process or a container.

    The file is read when a run starts, and by the run's own process alone: workers elsewhere have no such file.
    A run fails with BadInput before its first step where the file is wrong or a place that it needs is missing.
    """

    @executor(
        name="accelerator",
        config_schema={"retries": get_retries_config()},
        requirements=multiple_process_executor_requirements(),
    )
    def accelerator(context: InitExecutorContext) -> Executor:
        routes = Routes(ThisMachine(Local(place="local")), partial(_places, placements))
        return _RoutingExecutor(routes, RetryMode.from_config(cast(Any, context.executor_config["retries"])), workers)

    return accelerator


def _places(file: Path | None) -> dict[str, Place]:
    return {accelerator: _place(accelerator, placement) for accelerator, placement in load_placements(file).items()}


def _place(accelerator: str, placement: Placement) -> Place:
    if isinstance(placement, Docker):
        from edscribe_pipelines.orchestration.executor.on_docker import OnDocker

        return OnDocker(accelerator, placement)
    if isinstance(placement, Kubernetes):
        from edscribe_pipelines.orchestration.executor.on_kubernetes import OnKubernetes

        return OnKubernetes(accelerator, placement)
    return ThisMachine(placement)


class _RoutingExecutor(StepDelegatingExecutor):
    def __init__(self, routes: Routes, retries: RetryMode | None, workers: int) -> None:
        assert retries is not None
        self._routes = routes
        super().__init__(
            routes,
            retries,
            sleep_seconds=_LOOKS_EVERY_SECONDS,
            check_step_health_interval_seconds=_CHECKS_EVERY_SECONDS,
            max_concurrent=workers,
        )

    def execute(self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan) -> Iterator[DagsterEvent]:
        keys = set(execution_plan.step_keys_to_execute)
        steps = [step for step in execution_plan.step_dict.values() if step.key in keys]
        asked = {step.tags[ACCELERATOR] for step in steps if step.tags and ACCELERATOR in step.tags}
        self._routes.require(plan_context.instance, asked)
        try:
            yield from super().execute(plan_context, execution_plan)
        finally:
            self._routes.close()
