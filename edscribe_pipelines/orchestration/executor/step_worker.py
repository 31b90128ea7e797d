"""A step in a process of its own, that ends when its run does.

    python -m edscribe_pipelines.orchestration.executor.step_worker pipe|run ... execute_step [ARGUMENT]

Runs what `dagster api execute_step` would. With `pipe`, standard input is a pipe that the run's process holds
and never writes to: it ends when that process does, however it ends. With `run`, on other machines, the run's
status in Dagster's storage says so. Then the step is interrupted, so that its `finally` blocks run, and after
a grace all that it started is killed.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence

from dagster import DagsterInstance
from dagster._cli.api import execute_step_command
from dagster._grpc.types import ExecuteStepArgs
from dagster._serdes import deserialize_value

GRACE_SECONDS = 5
_ASKS_EVERY_SECONDS = 10

_run_is_over = threading.Event()


def main(arguments: Sequence[str]) -> None:
    watch, *command = arguments
    step = command[command.index("execute_step") + 1 :]
    threading.Thread(target=_end_after, args=[_watch(watch, step)], daemon=True).start()
    try:
        execute_step_command.main(step)
    finally:
        if _run_is_over.is_set():
            _kill_group()


def _watch(name: str, step: Sequence[str]) -> Callable[[], None]:
    """Return the function that returns when the run is over."""
    if name == "pipe":
        pipe = _take_standard_input()
        return lambda: _wait_for_pipe(pipe)
    packed = step[-1] if step else os.environ["DAGSTER_COMPRESSED_EXECUTE_STEP_ARGS"]
    described = deserialize_value(zlib.decompress(base64.b64decode(packed)).decode(), ExecuteStepArgs)
    return lambda: _wait_for_run(described)


def _take_standard_input() -> int:
    """Keep the pipe from the programs that the step starts: they read nothing instead."""
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return pipe


def _wait_for_pipe(pipe: int) -> None:
    while os.read(pipe, 1):
        pass


def _wait_for_run(described: ExecuteStepArgs) -> None:
    reference = described.instance_ref
    with DagsterInstance.from_ref(reference) if reference else DagsterInstance.get() as instance:
        while not _is_over(instance, described.run_id):
            time.sleep(_ASKS_EVERY_SECONDS)


def _is_over(instance: DagsterInstance, run_id: str) -> bool:
    """Return whether storage says so; that it cannot be asked for a while is no reason to stop a training."""
    try:
        run = instance.get_run_by_id(run_id)
    except Exception:
        return False
    return run is None or run.is_finished


def _end_after(run_is_over: Callable[[], None]) -> None:
    run_is_over()
    _run_is_over.set()
    os.killpg(0, signal.SIGINT)
    time.sleep(GRACE_SECONDS)
    _kill_group()


def _kill_group() -> None:
    """End the group, this process by its own hand: no signal from inside a container kills its first process."""
    os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
