"""Each step to its place, by its tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dagster import DagsterEvent, DagsterInstance
from dagster._core.events import EngineEventData
from dagster._core.executor.step_delegating import CheckStepHealthResult, StepHandler, StepHandlerContext

from edscribe_pipelines.errors import BadInput, EdscribeError
from edscribe_pipelines.orchestration.executor.attempt import Attempt, attempt_of
from edscribe_pipelines.orchestration.executor.place import Place

ACCELERATOR = "edscribe/accelerator"


class Routes(StepHandler):
    """Steps with the tag go to the place of its value, all others, and all where there are no places, to `here`."""

    name = "Routes"

    def __init__(self, here: Place, load_places: Callable[[], Mapping[str, Place]]) -> None:
        self._here = here
        self._load_places = load_places
        self._places: Mapping[str, Place] = {}
        self._refused: dict[Attempt, str] = {}
        self._suspected: dict[Attempt, str] = {}

    def require(self, instance: DagsterInstance, accelerators: set[str]) -> None:
        """Load the places. Raises BadInput where one is wrong, or one that the run's steps need is missing."""
        self._places = self._load_places()
        for accelerator in sorted(accelerators) if self._places else ():
            if accelerator not in self._places:
                raise BadInput(
                    "EDSCRIBE_PLACEMENTS", f"no place for the accelerator {accelerator}", remedy="Add one to the file."
                )
            self._places[accelerator].require(instance)

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """A refusal is kept for the next health check, so that the step fails, or is retried, and not the run."""
        try:
            yield from self._place(step_handler_context).launch_step(step_handler_context)
        except EdscribeError as refusal:
            self._refused[attempt_of(step_handler_context)] = str(refusal)

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        """A worker found ended is unhealthy the second time: between the two, Dagster reads what it reported."""
        attempt = attempt_of(step_handler_context)
        if attempt in self._refused:
            return CheckStepHealthResult.unhealthy(self._refused[attempt])
        result = self._place(step_handler_context).check_step_health(step_handler_context)
        if result.is_healthy:
            self._suspected.pop(attempt, None)
            return result
        if attempt not in self._suspected:
            self._suspected[attempt] = result.unhealthy_reason or ""
            return CheckStepHealthResult.healthy()
        return CheckStepHealthResult.unhealthy(self._suspected[attempt])

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """One place that cannot be reached does not keep the others from being told."""
        attempt = attempt_of(step_handler_context)
        if attempt in self._refused:
            return
        try:
            yield from self._place(step_handler_context).terminate_step(step_handler_context)
        except EdscribeError as failure:
            step_context = step_handler_context.get_step_context(attempt.step)
            yield DagsterEvent.engine_event(step_context, str(failure), EngineEventData())

    def close(self) -> None:
        for place in (self._here, *self._places.values()):
            place.close()

    def _place(self, context: StepHandlerContext) -> Place:
        accelerator = context.step_tags[attempt_of(context).step].get(ACCELERATOR)
        return self._here if accelerator is None or not self._places else self._places[accelerator]
