"""A PostgreSQL server for as long as a block lasts: initdb and pg_ctl, on a socket in a folder of its own.

The programs come from the system (Debian: `postgresql`), on PATH or where Debian keeps them. PostgreSQL refuses to
run as root, so root runs it as `nobody`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from typing import Any


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the URL of an empty database."""
    identity: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        if identity:
            shutil.chown(folder, identity["user"], identity["group"])

        def call(program: str, *arguments: str) -> None:
            command = [_program(program), "-D", f"{folder}/data", *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **identity)

        call("initdb", "--username=dagster", "--auth=trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "--wait", f"--log={folder}/log", f"--options={options}", "start")
        try:
            yield f"postgresql+psycopg2://dagster@/postgres?host={folder}"
        finally:
            call("pg_ctl", "--wait", "--mode=immediate", "stop")


def _program(name: str) -> str:
    found = shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    assert found is not None, (
        f"these tests need a PostgreSQL server: no {name} on PATH (Debian: apt install postgresql)"
    )
    return found
