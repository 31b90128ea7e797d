"""A real `dagster dev`, spoken to over GraphQL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from edscribe_pipelines_tests.e2e.workplace import COMMANDS, Workplace

REPOSITORY = Path(__file__).parents[2]
_STARTS_WITHIN, _ANSWERS_WITHIN, _ENDS_WITHIN, _PAUSE = 180, 60, 5, 2
_SELECTOR = {"repositoryName": "__repository__", "repositoryLocationName": "edscribe_pipelines"}
_ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@contextmanager
def dagster_dev(workplace: Workplace) -> Iterator[DagsterDev]:
    """Run `dagster dev` on the stores of `workplace`; every process of it ends with the block."""
    workplace.dagster_home.mkdir()
    shutil.copy(REPOSITORY / "dagster.yaml", workplace.dagster_home)
    port = _free_port()
    command = [str(COMMANDS / "dagster"), "dev", "-w", "workspace.yaml", "-p", str(port), "-h", "127.0.0.1"]
    inputs = {"EDSCRIBE_MIMIC_DIR": str(workplace.release), "EDSCRIBE_NOTES_DIR": str(workplace.notes)}
    with (workplace.folder / "dagster_dev.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=workplace.environment() | inputs,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield DagsterDev(process, f"http://127.0.0.1:{port}/graphql")
    finally:
        _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group at once; an orderly end waits for each daemon in turn."""
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=_ENDS_WITHIN)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class DagsterDev:
    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self._process = process
        self._address = address
        self._wait_for_the_code_location()

    def _wait_for_the_code_location(self) -> None:
        deadline = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                assert self.ask("{ repositoriesOrError { __typename } }")["repositoriesOrError"]["__typename"] == (
                    "RepositoryConnection"
                )
                return
            except (urllib.error.URLError, ConnectionError):
                assert self._process.poll() is None, "dagster dev ended"
                assert time.monotonic() < deadline, "dagster dev does not answer"
                time.sleep(_PAUSE)

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self._address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def launch(self, job: str, tags: dict[str, str]) -> str:
        """Launch a run and return its id."""
        launched = self.ask(
            "mutation($p: ExecutionParams!) { launchRun(executionParams: $p) {"
            " __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }",
            p={
                "selector": {**_SELECTOR, "jobName": job},
                "runConfigData": {},
                "mode": "default",
                "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
            },
        )["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def launch_backfill(self, assets: list[str], partitions: list[str]) -> str:
        """Launch a backfill and return its id."""
        launched = self.ask(
            "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {"
            " __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }",
            p={"assetSelection": [{"path": [asset]} for asset in assets], "partitionNames": partitions},
        )["launchPartitionBackfill"]
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        return launched["backfillId"]

    def wait_for_run(self, run_id: str, seconds: int) -> str:
        """Return the status with which the run ended."""
        deadline = time.monotonic() + seconds
        while True:
            status = self.ask("query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }", id=run_id)[
                "runOrError"
            ]["status"]
            if status in _ENDED:
                return status
            assert time.monotonic() < deadline, f"the run is still {status}"
            time.sleep(_PAUSE)

    def wait_for_backfill(self, backfill_id: str, seconds: int) -> list[dict[str, Any]]:
        """Return the runs of a backfill that has no more to do; its own status is no proof of theirs."""
        deadline = time.monotonic() + seconds
        while True:
            backfill = self.ask(
                "query($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill {"
                " status runs(limit: 50) { runId status tags { key value } } } } }",
                id=backfill_id,
            )["partitionBackfillOrError"]
            if backfill["status"] not in ("REQUESTED", "CANCELING", "FAILING"):
                return backfill["runs"]
            assert time.monotonic() < deadline, f"the backfill is still {backfill['status']}"
            time.sleep(_PAUSE)

    def runs(self) -> list[dict[str, Any]]:
        return self.ask("{ runsOrError { ... on Runs { results { runId jobName status } } } }")["runsOrError"][
            "results"
        ]
