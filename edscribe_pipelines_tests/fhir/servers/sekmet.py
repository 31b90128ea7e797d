"""sekmet-fhir, a real R4 server: transactions with rollback, conditional create, search, structural validation."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edscribe_pipelines_tests.fhir.servers.environment import tool
from edscribe_pipelines_tests.fhir.servers.processes import free_port, serving


@contextmanager
def running_sekmet() -> Iterator[str]:
    """Yield the FHIR base of a server that knows no resource yet, `http://127.0.0.1:N/fhir`; it is gone afterwards."""
    port = free_port()
    base = f"http://127.0.0.1:{port}/fhir"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {
            "base_url": base,
            "data_dir": str(folder / "data"),
            "simulator": {"enabled": False},
            "log_inbound": False,
        }
        (folder / "settings.yaml").write_text(json.dumps(settings))
        command = [str(tool("sekmet")), "serve", "--host", "127.0.0.1", "--port", str(port)]
        environment = {**os.environ, "SEKMET_CONFIG": str(folder / "settings.yaml")}
        with serving(command, f"{base}/metadata", folder, environment):
            yield base
