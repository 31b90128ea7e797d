from __future__ import annotations

import os
import sys
from pathlib import Path

import httpx2
import pytest

from edscribe_pipelines_tests.fhir.servers.processes import free_port, serving


def test_server_answers_within_its_block_and_is_gone_after_it(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with serving(command, f"http://127.0.0.1:{port}/", tmp_path, os.environ):
        assert httpx2.get(f"http://127.0.0.1:{port}/server.log").status_code == 200
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://127.0.0.1:{port}/")


def test_server_that_stops_at_once_is_told_with_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no settings')"]
    with (
        pytest.raises(RuntimeError, match="no settings"),
        serving(command, f"http://127.0.0.1:{free_port()}/", tmp_path, os.environ),
    ):
        pytest.fail("the block began")
