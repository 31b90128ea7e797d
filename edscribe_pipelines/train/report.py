"""What a worker tells the process that started it, and when it ends.

Progress goes out as one JSON object a line; everything that libraries print goes to the worker's log.
A library's exception may quote a note, so of an exception the log keeps its type and its frames alone.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

Report = Callable[[dict[str, Any]], None]


def run_reporting(work: Callable[[Path, Report], None]) -> None:
    """Run `work` on the job file named on the command line, ending when the parent process does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    report = _take_standard_output()
    try:
        work(Path(sys.argv[1]), report)
    except Exception as error:
        print(f"{type(error).__name__} at:", *traceback.format_tb(error.__traceback__), file=sys.stderr, flush=True)
        sys.exit(1)


def _end_with_parent() -> None:
    """Standard input is a pipe that nobody writes to: it ends when the parent process does."""
    os.read(0, 1)
    os._exit(1)


def _take_standard_output() -> Report:
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def report(event: dict[str, Any]) -> None:
        channel.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
        channel.flush()

    return report
