"""What every place offers beside Dagster's StepHandler: a check ahead of the run, and an orderly end."""

from __future__ import annotations

import os
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable

from dagster import DagsterInstance
from dagster._core.executor.step_delegating import StepHandler

from edscribe_pipelines.errors import BadInput

STEP_WORKER = ("python", "-m", "edscribe_pipelines.orchestration.executor.step_worker")
"""The command of a step in an image of ours; ahead of Dagster's own, which it takes the step from."""

_ROOM_WITHIN_SECONDS, _PAUSE_SECONDS = 10, 0.5


class Place(StepHandler):
    """A StepHandler whose `launch_step` raises StageFailed where the place is full, with nothing started.

    Its `check_step_health` calls every worker that ended unhealthy: `Routes` gives it time to have reported.
    """

    @abstractmethod
    def require(self, instance: DagsterInstance) -> None:
        """Raise BadInput where the place is missing. Starts nothing."""

    def close(self) -> None:
        """Return once no worker of this machine is left."""


def in_time(has_room: Callable[[], bool]) -> bool:
    """Return whether there is room, now or soon: a worker reports its result a moment before it is gone."""
    deadline = time.monotonic() + _ROOM_WITHIN_SECONDS
    while not has_room():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def require_set(where: str, names: Iterable[str]) -> None:
    """Raise BadInput where an environment variable that a worker is to inherit is not set."""
    for name in names:
        if name not in os.environ:
            raise BadInput(where, f"{name} is not set", field="environment", remedy="Set it where the run starts.")
