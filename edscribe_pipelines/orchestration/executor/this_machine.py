"""Steps as processes of this machine: each in a session of its own, none left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from dagster import DagsterEvent, DagsterInstance
from dagster._core.executor.step_delegating import CheckStepHealthResult, StepHandlerContext

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.orchestration.executor.attempt import Attempt, attempt_of
from edscribe_pipelines.orchestration.executor.ending import describe_exit
from edscribe_pipelines.orchestration.executor.place import STEP_WORKER, Place, in_time
from edscribe_pipelines.orchestration.executor.placements import Local
from edscribe_pipelines.orchestration.executor.step_worker import GRACE_SECONDS

_MIB_PER_GB = 1e9 / 2**20


class Worker:
    """A process group that listens to this process' end through its standard input."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def exit_code(self) -> int | None:
        """Return None while it runs; once it ended, nothing of its group is left."""
        code = self._process.poll()
        if code is not None:
            self._clear()
        return code

    def interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def end(self, deadline: float) -> None:
        """Wait for the worker until `deadline`, on the monotonic clock, and kill what is left of it."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=max(deadline - time.monotonic(), 0))
        self._clear()

    def _clear(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        if not pipe.closed:
            self._signal(signal.SIGKILL)
            self._process.wait()
            pipe.close()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


class ThisMachine(Place):
    name = "ThisMachine"

    def __init__(self, placement: Local) -> None:
        self._gpu_free_gb = placement.gpu_free_gb
        self._workers: dict[Attempt, Worker] = {}
        self._deadline: float | None = None

    def require(self, instance: DagsterInstance) -> None:
        if self._gpu_free_gb and not _free_gpu_memory():
            raise BadInput(
                "placement local",
                "this machine has no NVIDIA GPU that nvidia-smi sees",
                field="gpu_free_gb",
                remedy="Run where the GPU is, choose another place, or leave gpu_free_gb out to train on the CPU.",
            )

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        self._require_room()
        for worker in self._workers.values():
            worker.exit_code()
        attempt = attempt_of(step_handler_context)
        yield DagsterEvent.step_worker_starting(
            step_handler_context.get_step_context(attempt.step), "Starting a process for the step.", metadata={}
        )
        arguments = step_handler_context.execute_step_args.get_command_args()
        self._workers[attempt] = Worker([sys.executable, *STEP_WORKER[1:], "pipe", *arguments])

    def _require_room(self) -> None:
        needed = self._gpu_free_gb
        if needed and not in_time(lambda: max(_free_gpu_memory(), default=0) >= needed):
            raise StageFailed(f"no GPU of this machine has {needed:g} GB free. See nvidia-smi for what holds it")

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        worker = self._workers.get(attempt_of(step_handler_context))
        if worker is None:
            return CheckStepHealthResult.unhealthy("its worker ended with the process that had started it")
        code = worker.exit_code()
        if code is None:
            return CheckStepHealthResult.healthy()
        return CheckStepHealthResult.unhealthy(describe_exit(code))

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """Dagster ends steps with the run alone: so all workers hear of it at once, and share one grace."""
        worker = self._workers.get(attempt_of(step_handler_context))
        if worker is not None:
            worker.end(self._interrupt_all())
        yield from ()

    def _interrupt_all(self) -> float:
        if self._deadline is None:
            for worker in self._workers.values():
                worker.interrupt()
            self._deadline = time.monotonic() + GRACE_SECONDS
        return self._deadline

    def close(self) -> None:
        """Workers that reported their result have their last lines to write."""
        deadline = time.monotonic() + GRACE_SECONDS
        for worker in self._workers.values():
            worker.end(deadline)


def _free_gpu_memory() -> list[float]:
    """Return the free memory of each GPU in GB; empty where there is none."""
    command = ["nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    if shutil.which(command[0]) is None:
        return []
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return [float(line) / _MIB_PER_GB for line in answer.stdout.splitlines() if line.strip().isdigit()]
