"""Experiment tracking with MLflow: one run for each training, however often it was resumed.

MLflow may fail at any time without stopping a training that costs money: figures then wait in memory and
are sent once it answers again. Only numbers and what the caller hands in as parameters and tags are sent.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from edscribe_pipelines.errors import BadInput

SETTING = "EDSCRIBE_MLFLOW_URI"
_JOB = "edscribe.job"
_FIGURES = ("loss", "learning_rate", "gradient_norm", "tokens", "note_tokens", "tokens_per_second", "memory_gib")
_FLUSH_SECONDS, _RETRY_SECONDS = 10.0, 60.0
_METRICS_A_REQUEST, _PARAMETERS_A_REQUEST = 1_000, 100
"""The limits of MLflow's log-batch request: https://mlflow.org/docs/latest/api_reference/rest-api.html#log-batch"""

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}
"""Set while MLflow is called and put back after. By default a server that is down holds a call for minutes."""


class Tracker:
    """The MLflow run of one training. `run_id` is None as long as MLflow could not be reached."""

    def __init__(
        self,
        uri: str,
        experiment: str,
        name: str,
        job: str,
        parameters: Mapping[str, Any],
        tags: Mapping[str, str | None],
        warn: Callable[[str], None],
    ) -> None:
        self.run_id: str | None = None
        self._uri = uri
        self._database = _database(uri)
        self._experiment = experiment
        self._name = name
        self._job = job
        self._parameters = dict(_flatten(parameters))
        self._tags = {f"edscribe.{tag}": value for tag, value in tags.items() if value is not None}
        self._warn: Callable[[str], None] | None = warn
        self._waiting: dict[tuple[str, int], tuple[float, int]] = {}
        self._sent: set[tuple[str, int]] = set()
        self._due = 0.0

    def log(self, event: Mapping[str, Any]) -> None:
        """Take the figures of a step or a validation; other events have none."""
        if event["event"] not in ("step", "validation"):
            return
        now = time.time_ns() // 1_000_000
        prefix = "validation_" if event["event"] == "validation" else ""
        for figure in _FIGURES:
            if isinstance(value := event.get(figure), int | float):
                self._waiting[f"{prefix}{figure}", event["step"]] = (float(value), now)
        if time.monotonic() >= self._due:
            self._attempt(self._send)

    def finish(self, metrics: Mapping[str, float], artifacts: Iterable[Path]) -> None:
        """Add the training's results: `metrics` as `result/<name>`, apart from the curves, and `artifacts` as files."""
        now = time.time_ns() // 1_000_000
        self._waiting |= {(f"result/{name}", 0): (float(value), now) for name, value in metrics.items()}
        self._attempt(lambda: self._add(artifacts))

    def _add(self, artifacts: Iterable[Path]) -> None:
        run_id = self._send()
        for artifact in artifacts:
            self._client.log_artifact(run_id, str(artifact))

    def start(self) -> None:
        """Open the run. Raises BadInput where the address cannot be right; a server that is down is none."""
        if self._database is not None:
            _check(self._database)
        try:
            with _configured():
                self._open()
        except Exception as error:
            if self._database is not None:
                raise BadInput(
                    SETTING, "the database is not one that MLflow can use", remedy="Name another file."
                ) from None
            if _refuses(error):
                raise BadInput(
                    SETTING, "the server refuses MLflow's requests", remedy="Check address and credentials."
                ) from None
            self._failed(error)

    def end(self, status: str) -> None:
        self._attempt(lambda: self._terminate(status))

    def _terminate(self, status: str) -> None:
        run_id = self._send()
        self._client.set_terminated(run_id, status)

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            with _configured():
                action()
            self._due = time.monotonic() + _FLUSH_SECONDS
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Warn once. MLflow's messages can hold addresses with credentials: the type alone is named."""
        self._due = time.monotonic() + _RETRY_SECONDS
        if self._warn is not None:
            self._warn(
                f"MLflow ({SETTING}) failed with {type(error).__name__}; the training goes on, tries again later"
            )
            self._warn = None

    def _send(self) -> str:
        """Send what waits and return the run that holds it."""
        from mlflow.entities import Metric

        run_id = self.run_id or self._open()
        unsent = [place for place in self._waiting if place not in self._sent]
        for batch in _batches(unsent, _METRICS_A_REQUEST):
            self._client.log_batch(run_id, [Metric(key, *self._waiting[key, step], step) for key, step in batch])
            self._sent.update(batch)
        self._waiting.clear()
        return run_id

    def _open(self) -> str:
        from mlflow import MlflowClient
        from mlflow.entities import Param, RunTag
        from mlflow.telemetry import set_telemetry_client

        set_telemetry_client()
        logging.getLogger("mlflow").setLevel(logging.CRITICAL)
        # MLflow creates its tables without a lock: of two trainings that start at once one would fail.
        with nullcontext() if self._database is None else FileLock(f"{self._database}.lock"):
            self._client = MlflowClient(tracking_uri=self._uri)
            experiment = self._find_experiment()
        run_id = self._find_run(experiment)
        for some in _batches(list(self._parameters.items()), _PARAMETERS_A_REQUEST):
            self._client.log_batch(run_id, params=[Param(*parameter) for parameter in some])
        self._client.log_batch(run_id, tags=[RunTag(*tag) for tag in self._tags.items()])
        self.run_id = run_id
        return run_id

    def _find_experiment(self) -> str:
        if experiment := self._client.get_experiment_by_name(self._experiment):
            return experiment.experiment_id
        beside = None if self._database is None else self._database.with_name("mlflow_artifacts").as_uri()
        return self._client.create_experiment(self._experiment, artifact_location=beside)

    def _find_run(self, experiment: str) -> str:
        """Return the unfinished run of the same job, with what it holds noted as sent, or a new one."""
        unfinished = f"tags.`{_JOB}` = '{self._job}' and attributes.status != 'FINISHED'"
        found = self._client.search_runs([experiment], unfinished, max_results=1)
        if not found:
            return self._client.create_run(experiment, run_name=self._name, tags={_JOB: self._job}).info.run_id
        run_id = found[0].info.run_id
        self._client.update_run(run_id, status="RUNNING")
        for key in found[0].data.metrics:
            self._sent.update((key, point.step) for point in self._client.get_metric_history(run_id, key))
        return run_id


@contextmanager
def track(
    uri: str,
    experiment: str,
    name: str,
    *,
    job: str,
    parameters: Mapping[str, Any],
    tags: Mapping[str, str | None],
    warn: Callable[[str], None],
) -> Iterator[Tracker]:
    """Yield the MLflow run of a training; it ends as finished, failed or killed, as the block does.

    `uri` is `sqlite:///FILE` or an MLflow server's address. `job` identifies the training: an unfinished run
    of the same job is continued, and a step that it holds is not recorded twice. `parameters` may be nested.
    Raises BadInput where the address cannot be right. Once begun, MLflow's failures are told to `warn`, once.
    """
    tracker = Tracker(uri, experiment, name, job, parameters, tags, warn)
    tracker.start()
    try:
        yield tracker
    except Exception:
        tracker.end("FAILED")
        raise
    except BaseException:
        tracker.end("KILLED")
        raise
    tracker.end("FINISHED")


def _database(uri: str) -> Path | None:
    """Return the file that `uri` names; None for a server."""
    if uri.startswith("sqlite:///") and (path := uri.removeprefix("sqlite:///")):
        return Path(path).absolute()
    if uri.startswith(("http://", "https://")) and urlsplit(uri).hostname:
        return None
    raise BadInput(SETTING, "not an address of MLflow", remedy="Give sqlite:///FILE or http(s)://HOST.")


def _check(database: Path) -> None:
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(database, timeout=20)
        try:
            connection.execute("BEGIN IMMEDIATE")
        finally:
            connection.close()
    except (OSError, sqlite3.Error):
        raise BadInput(
            SETTING, "the file is no SQLite database that can be written", remedy="Name another file."
        ) from None


def _refuses(error: Exception) -> bool:
    from mlflow.exceptions import MlflowException

    return isinstance(error, MlflowException) and 400 <= error.get_http_status_code() < 500


@contextmanager
def _configured() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
