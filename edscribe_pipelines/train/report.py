"""What a worker tells the process that started it, and when it ends.

Progress goes out as one JSON object a line; everything that libraries print goes to the worker's log.
A library's exception may quote a note, so of an exception the log keeps its type and its frames alone, and
the process that started the worker is told what it can act on: a full disk, numbers that are none, and what
this project's own errors say, which quote nothing.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from edscribe_pipelines.errors import EdscribeError

Report = Callable[[dict[str, Any]], None]


class NotANumber(Exception):
    """Loss or gradient are not finite: whatever is trained from there is lost."""

    def __init__(self, step: int) -> None:
        super().__init__(f"not finite at step {step}")
        self.step = step


def run_reporting(work: Callable[[Path, Report], None]) -> None:
    """Run `work` on the job file named on the command line, ending when the parent process does.

    Of several processes under torchrun the first one reports.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    report = _take_standard_output()
    try:
        work(Path(sys.argv[1]), report)
    except Exception as error:
        print(f"{type(error).__name__} at:", *traceback.format_tb(error.__traceback__), file=sys.stderr, flush=True)
        report(_reason(error))
        sys.exit(1)


def _reason(error: Exception) -> dict[str, Any]:
    if any(_is_full_disk(each) for each in _causes(error)):
        return {"event": "stopped", "reason": "disk_full"}
    if isinstance(error, NotANumber):
        return {"event": "stopped", "reason": "not_a_number", "step": error.step}
    if isinstance(error, EdscribeError):
        return {"event": "stopped", "reason": "said", "said": str(error)}
    return {"event": "stopped", "reason": "failed"}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error: BaseException) -> bool:
    """Libraries in Rust and C++ pass the system's words on, and not its number."""
    return getattr(error, "errno", None) == errno.ENOSPC or os.strerror(errno.ENOSPC) in str(error)


def _end_with_parent() -> None:
    """Standard input is a pipe that nobody writes to: it ends when the parent process does."""
    os.read(0, 1)
    os._exit(1)


def _take_standard_output() -> Report:
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    is_first = os.environ.get("RANK", "0") == "0"

    def report(event: dict[str, Any]) -> None:
        if is_first:
            channel.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
            channel.flush()

    return report
