"""@medplum/fhir-router, an R4 server fast enough for load; benchmarks alone start it, and `make test` never.

It keeps all in memory. It does not roll a failed transaction back and answers 200 to an update that creates, so what a
store must hold is tested against sekmet. It needs Node 20 and, once, a registry of npm.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edscribe_pipelines_tests.fhir.servers.environment import tools_folder
from edscribe_pipelines_tests.fhir.servers.processes import free_port, serving

_SOURCE = Path(__file__).parent / "medplum_server"


@contextmanager
def running_medplum() -> Iterator[str]:
    """Yield the FHIR base of an empty server, `http://127.0.0.1:N/fhir`; the first time its packages are installed."""
    script = _installed() / "server.mjs"
    port = free_port()
    base = f"http://127.0.0.1:{port}/fhir"
    command = ["node", "--max-old-space-size=8192", str(script), str(port)]
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(command, f"{base}/metadata", Path(folder), dict(os.environ)),
    ):
        yield base


def _installed() -> Path:
    """Return the folder of the server with the packages of package-lock.json."""
    folder = tools_folder() / "medplum"
    shutil.copytree(_SOURCE, folder, dirs_exist_ok=True)
    if not (folder / "node_modules" / "@medplum").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder
