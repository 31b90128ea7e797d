"""Runs of the tests' jobs: in this process, or in one of their own that can be interrupted and killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import DagsterEvent, DagsterEventType, DagsterInstance, execute_job
from dagster._utils.interrupts import capture_interrupts

from edscribe_pipelines_tests.orchestration.executor.jobs import rebuildable

_PAUSE = 0.1


@dataclass(frozen=True)
class Bench:
    """A Dagster home, and the folder in which steps leave what happened."""

    home: Path
    folder: Path

    def instance(self) -> DagsterInstance:
        return DagsterInstance.from_config(str(self.home))

    def placements(self, text: str) -> Path:
        file = self.folder / "placements.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    def left(self, name: str) -> dict[str, Any]:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def run(self, job: str, placements: Path | None = None) -> list[DagsterEvent]:
        """Run `job` in this process and return its events."""
        with (
            self.instance() as instance,
            execute_job(
                rebuildable(job, placements), instance, tags={"folder": str(self.folder)}, raise_on_error=False
            ) as result,
        ):
            return list(result.all_events)

    @contextmanager
    def run_apart(self, job: str, placements: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """Run `job` in a process of its own, which is gone after the block."""
        command = [sys.executable, "-m", __name__, str(self.home), str(self.folder), job, str(placements or "")]
        process = subprocess.Popen(command)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def captured(self, events: list[DagsterEvent], step: str) -> str:
        """Return what Dagster captured of the step's standard output."""
        logs = [event.logs_captured_data for event in events if event.event_type == DagsterEventType.LOGS_CAPTURED]
        (file_key,) = [log.file_key for log in logs if log.step_keys == [step]]
        with self.instance() as instance:
            (run,) = instance.get_runs()
            manager = instance.compute_log_manager
            return manager.get_log_data(manager.build_log_key_for_run(run.run_id, file_key)).stdout.decode()

    def wait_for(self, name: str) -> dict[str, Any]:
        wait_until(lambda: (self.folder / name).exists(), 60)
        return self.left(name)


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(_PAUSE)


def is_gone(process: int) -> bool:
    """Return whether there is no such process, or only its entry, which nobody has read yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def interrupt(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGINT)


def messages(events: list[DagsterEvent]) -> str:
    """Return what the failures among `events` say."""
    told = []
    for event in events:
        if event.is_step_failure:
            told.append(event.step_failure_data.error.to_string())
        elif event.is_job_failure and event.job_failure_data.error:
            told.append(event.job_failure_data.error.to_string())
    return "\n".join(told)


def main(home: str, folder: str, job: str, placements: str) -> None:
    """Run a job as Dagster's own run worker does: an interrupt is asked for, not raised."""
    with capture_interrupts():
        Bench(Path(home), Path(folder)).run(job, Path(placements) if placements else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
