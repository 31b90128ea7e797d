"""A worker process: started, listened to, and never left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.files import write_json

Listener = Callable[[dict[str, Any]], None]


def run_worker(
    module: str,
    job: dict[str, Any],
    folder: Path,
    *,
    threads: int,
    on_progress: Listener,
    processes: int = 1,
    gpu: bool = True,
) -> None:
    """Run `python -m module` on `job` in a process and a session of its own; `folder` keeps job and log.

    With more than one process torchrun starts them. Without `gpu` they see none. Raises StageFailed with what to do,
    or with the log's path, where the worker ends with an error. The worker and what it started are killed where this
    process is interrupted.
    """
    job_file, log_file = folder / "job.json", folder / "worker.log"
    write_json(job_file, job)
    with log_file.open("ab") as log:
        worker = subprocess.Popen(
            [*_launcher(processes), "-m", module, str(job_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            env=os.environ | _environment(folder, threads) | ({} if gpu else {"CUDA_VISIBLE_DEVICES": ""}),
        )
    stopped: dict[str, Any] = {}
    try:
        assert worker.stdout is not None
        for line in worker.stdout:
            event = orjson.loads(line)
            if event["event"] == "stopped":
                stopped = event
            else:
                on_progress(event)
        code = worker.wait()
    finally:
        _kill(worker)
    if code != 0:
        raise StageFailed(_why(stopped, folder) or f"{module} ended with code {code}; its log is {log_file}")


def _launcher(processes: int) -> list[str]:
    if processes == 1:
        return [sys.executable]
    return [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]


def _why(stopped: dict[str, Any], folder: Path) -> str | None:
    match stopped.get("reason"):
        case "disk_full":
            return f"the disk of {folder} is full. Free some room and start again: it goes on from its last checkpoint."
        case "not_a_number":
            return (
                f"loss or gradient stopped being a number at step {stopped['step']}; the checkpoint before it is kept. "
                "Lower the learning rate or raise warm_up_steps in the recipe."
            )
        case "said":
            return str(stopped["said"])
    return None


def _environment(folder: Path, threads: int) -> dict[str, str]:
    """Data sets are cached beside the job, not in the home folder: they hold note text. The allocator keeps
    large buffers between steps instead of returning them to the system: steps are a fifth faster. Of one pool, since
    the backward pass has a thread of its own. Threads that wait soon sleep: where the cores are shared, those that spin
    on made a step ten times slower; those that sleep at once cost a fifth where they are not. oneDNN compiles products
    for each length of a row and would keep 1,024 of them: 65 MB more a step."""
    return {
        "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(8 << 30),
        "MALLOC_ARENA_MAX": "1",
        "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "128",
        "MALLOC_TOP_PAD_": str(256 << 20),
        "OMP_NUM_THREADS": str(threads),
        "GOMP_SPINCOUNT": "20000",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_DATASETS_CACHE": str(folder / "datasets_cache"),
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _kill(worker: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            pipe.close()
