"""Small jobs of the tests, rebuilt by each step's process. Steps leave what happened as files in a folder."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from dagster import In, JobDefinition, Nothing, OpExecutionContext, RetryPolicy, build_reconstructable_job, job, op

from edscribe_pipelines.orchestration.executor.accelerator import accelerator_executor

H100 = {"edscribe/accelerator": "h100"}
AGAIN = RetryPolicy(max_retries=1)
FOREVER = 600


def folder_of(context: OpExecutionContext) -> Path:
    return Path(context.run.tags["folder"])


def leave(context: OpExecutionContext, name: str, **what: object) -> None:
    where = {"pid": os.getpid(), "group": os.getpgrp(), "container": os.environ.get("IN_CONTAINER")}
    staged = folder_of(context) / f".{name}"
    staged.write_text(json.dumps(where | what), encoding="utf-8")
    staged.rename(folder_of(context) / name)


@op
def here(context: OpExecutionContext) -> None:
    leave(context, "here")


@op(ins={"after": In(Nothing)}, tags=H100)
def routed(context: OpExecutionContext) -> None:
    print("said by the routed step", flush=True)
    leave(context, "routed")


@op(ins={"after": In(Nothing)})
def here_again(context: OpExecutionContext) -> None:
    leave(context, "here_again")


@op(tags=H100, retry_policy=AGAIN)
def fails_once(context: OpExecutionContext) -> None:
    leave(context, f"attempt_{context.retry_number}")
    if context.retry_number == 0:
        raise ValueError("an invented failure")


@op(tags=H100, retry_policy=AGAIN)
def is_killed_once(context: OpExecutionContext) -> None:
    leave(context, f"attempt_{context.retry_number}")
    if context.retry_number == 0:
        os._exit(137)


@op(tags=H100)
def ends_silently() -> None:
    os._exit(0)


@op(tags=H100)
def trains(context: OpExecutionContext) -> None:
    """Start a process in this group, and one in a session of its own that ends with its parent's pipe."""
    child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({FOREVER})"])
    reader = "import sys; sys.stdin.read()"
    trainer = subprocess.Popen([sys.executable, "-c", reader], stdin=subprocess.PIPE, start_new_session=True)
    leave(context, "started", processes=[os.getpid(), child.pid, trainer.pid])
    try:
        time.sleep(FOREVER)
    finally:
        leave(context, "cleaned_up")


@op(tags=H100)
def trains_and_will_not_stop(context: OpExecutionContext) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leave(context, "started", processes=[os.getpid()])
    time.sleep(FOREVER)


def build_job(name: str, placements: str | None) -> JobDefinition:
    @job(name=name, executor_def=accelerator_executor(Path(placements) if placements else None, workers=2))
    def built() -> None:
        _GRAPHS[name]()

    return built


def _route() -> None:
    here_again(routed(here()))


_GRAPHS = {
    "route": _route,
    **{each.name: each for each in (fails_once, is_killed_once, ends_silently, trains, trains_and_will_not_stop)},
}


def rebuildable(name: str, placements: Path | None):
    arguments = {"name": name, "placements": str(placements) if placements else None}
    return build_reconstructable_job(__name__, "build_job", reconstructable_kwargs=arguments)
