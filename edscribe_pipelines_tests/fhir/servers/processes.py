"""A server in a process of its own: a free port, started, waited for, stopped."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_SECONDS_TO_START = 60
"""On two busy cores sekmet takes some 5 s, medplum 15 s."""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@contextmanager
def serving(command: Sequence[str], url: str, folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run `command` in `folder` until the block ends; the block begins once `url` answers 200.

    Raises RuntimeError with the end of the server's log where it stops or does not answer within a minute.
    """
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(url, process, log)
            yield
        finally:
            process.kill()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{Path(process.args[0]).name} does not answer:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
