import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.tracking import Tracker, track

TWO_AT_ONCE = """
import os, sys
asked = []
sys.addaudithook(lambda event, _: asked.append(event) if event in ("socket.getaddrinfo", "socket.connect") else None)
from edscribe_pipelines.train.tracking import track

uri, job = sys.argv[1:]
with track(uri, "emergency_medicine", job, job=job, parameters={}, tags={}, warn=print) as tracker:
    for step in range(1, 41):
        tracker.log({"event": "step", "step": step, "loss": 1.0 / step})
print(asked, "MLFLOW_DISABLE_TELEMETRY" in os.environ)
"""


class Store:
    """One database for the module: MLflow takes seconds to create its tables."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "store" / "mlflow.db"
        self.uri = f"sqlite:///{self.file}"
        self.warnings: list[str] = []

    def track(self, job: str, **changed: Any) -> AbstractContextManager[Tracker]:
        parameters = changed.get("parameters", {})
        tags = changed.get("tags", {})
        return track(
            self.uri,
            "emergency_medicine",
            "2026-10|emergency_medicine",
            job=job,
            parameters=parameters,
            tags=tags,
            warn=self.warnings.append,
        )

    def run(self, run_id: str | None) -> Run:
        assert run_id is not None
        return MlflowClient(self.uri).get_run(run_id)

    def curve(self, run_id: str | None, key: str) -> list[tuple[int, float]]:
        assert run_id is not None
        return [(point.step, point.value) for point in MlflowClient(self.uri).get_metric_history(run_id, key)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("tracking"))


@pytest.fixture
def store(shared: Store) -> Store:
    shared.warnings.clear()
    return shared


def step(number: int, loss: float = 0.5, **figures: Any) -> dict[str, Any]:
    return {"event": "step", "step": number, "of": 9, "loss": loss, **figures}


def train_until(
    error: type[BaseException], tracked: AbstractContextManager[Tracker], events: list[dict[str, Any]]
) -> Tracker:
    """Log `events`, then raise `error` inside the block; it comes out of the block."""
    try:
        with tracked as tracker:
            for event in events:
                tracker.log(event)
            raise error
    except error:
        return tracker
    raise AssertionError("the error did not come out of the block")


def test_run_holds_curve_parameters_tags_and_results(store: Store):
    parameters = {"batch_size": 4, "lora": {"rank": 32, "targets": ["q_proj"]}}
    with store.track("holds", parameters=parameters, tags={"data_version": "d1", "git_commit": None}) as tracker:
        tracker.log({"event": "stage", "stage": "lora"})
        tracker.log(step(1, 2.5, learning_rate=1e-4, tokens_per_second=900.0, seconds_left=8))
        tracker.log(step(2, 1.5, learning_rate=2e-4, tokens_per_second=950.0, seconds_left=7))
        tracker.log({"event": "validation", "step": 2, "loss": 1.75})
        tracker.finish({"loss_last": 1.5}, [])
    run = store.run(tracker.run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "2026-10|emergency_medicine")
    assert run.data.params == {"batch_size": "4", "lora.rank": "32", "lora.targets": "['q_proj']"}
    assert run.data.tags["edscribe.data_version"] == "d1"
    assert "edscribe.git_commit" not in run.data.tags
    assert store.curve(tracker.run_id, "loss") == [(1, 2.5), (2, 1.5)]
    assert store.curve(tracker.run_id, "validation_loss") == [(2, 1.75)]
    assert run.data.metrics["result/loss_last"] == 1.5
    assert run.data.metrics["tokens_per_second"] == 950.0
    assert store.warnings == []


def test_text_in_an_event_is_not_recorded(store: Store):
    with store.track("text") as tracker:
        tracker.log(step(1, note="Woman with chest pain", gradient_norm="Woman with chest pain"))
    assert set(store.run(tracker.run_id).data.metrics) == {"loss"}
    assert b"chest pain" not in store.file.read_bytes()


def test_resumed_training_continues_its_run_and_repeats_no_step(store: Store):
    before = train_until(RuntimeError, store.track("resumed"), [step(number, 3.0 / number) for number in (1, 2, 3)])
    with store.track("resumed") as after:
        for number in (2, 3, 4):
            after.log(step(number, 3.0 / number))
    assert after.run_id == before.run_id
    assert store.curve(after.run_id, "loss") == [(1, 3.0), (2, 1.5), (3, 1.0), (4, 0.75)]
    assert store.run(after.run_id).info.status == "FINISHED"


def test_training_again_after_the_end_is_a_run_of_its_own(store: Store):
    with store.track("again") as first:
        first.log(step(1))
    with store.track("again") as second:
        second.log(step(1))
    assert second.run_id != first.run_id


@pytest.mark.parametrize(("error", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_training_that_ends_early_keeps_its_steps_and_says_how_it_ended(
    store: Store, error: type[BaseException], status: str
):
    tracker = train_until(error, store.track(f"early {status}"), [step(1), step(2)])
    assert store.run(tracker.run_id).info.status == status
    assert [number for number, _ in store.curve(tracker.run_id, "loss")] == [1, 2]


def test_artifacts_go_beside_the_database_and_nothing_into_the_working_folder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    picture = tmp_path / "curves.png"
    picture.write_bytes(b"\x89PNG")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with store.track("artifacts") as tracker:
        tracker.finish({}, [picture])
    kept = store.file.parent / "mlflow_artifacts" / str(tracker.run_id) / "artifacts" / "curves.png"
    assert kept.read_bytes() == b"\x89PNG"
    assert list((tmp_path / "here").iterdir()) == []
    assert store.warnings == []


def test_failure_of_mlflow_is_one_warning_and_what_waited_is_sent_once_it_works(store: Store):
    with sqlite3.connect(store.file) as database, store.track("breaks") as tracker:
        database.execute("ALTER TABLE metrics RENAME TO gone")
        database.commit()
        tracker.log(step(1))
        tracker.finish({"loss_last": 0.5}, [])
        assert len(store.warnings) == 1
        database.execute("ALTER TABLE gone RENAME TO metrics")
        database.commit()
    assert store.curve(tracker.run_id, "loss") == [(1, 0.5)]
    assert store.run(tracker.run_id).info.status == "FINISHED"
    assert len(store.warnings) == 1
    assert "training goes on" in store.warnings[0]


def test_server_that_is_down_does_not_stop_the_training(store: Store):
    warnings: list[str] = []
    uri = "http://user:secret@127.0.0.1:9"
    with track(uri, "em", "2026-10", job="down", parameters={}, tags={}, warn=warnings.append) as tracker:
        tracker.log(step(1))
        tracker.finish({}, [])
    assert tracker.run_id is None
    assert len(warnings) == 1
    assert "secret" not in warnings[0]


@pytest.fixture
def refusing_server() -> Iterator[str]:
    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(403)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(uri: str) -> None:
    with track(uri, "em", "2026-10", job="wrong", parameters={}, tags={}, warn=lambda _: None):
        raise AssertionError("the training began")


def test_server_that_refuses_is_bad_input_before_the_training(refusing_server: str):
    with pytest.raises(BadInput, match="EDSCRIBE_MLFLOW_URI: the server refuses"):
        opened(refusing_server)


@pytest.mark.parametrize("uri", ["", "mlruns", "ftp://host", "sqlite:///", "http://", "sqlite:////dev/null/mlflow.db"])
def test_address_that_cannot_be_right_is_bad_input_before_the_training(uri: str):
    with pytest.raises(BadInput, match="EDSCRIBE_MLFLOW_URI"):
        opened(uri)


def test_file_that_is_no_database_is_bad_input_and_stays_as_it_is(tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("no database\n" * 100)
    with pytest.raises(BadInput, match="no SQLite database"):
        opened(f"sqlite:///{file}")
    assert file.read_text() == "no database\n" * 100


def test_two_trainings_begin_and_write_at_once_and_nothing_is_sent_to_mlflows_makers(tmp_path: Path):
    uri = f"sqlite:///{tmp_path / 'new' / 'mlflow.db'}"
    # MLflow switches its telemetry off by itself where it sees a test or a build server.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI", "MLFLOW"))}
    command = [sys.executable, "-c", TWO_AT_ONCE, uri]
    workers = [
        subprocess.Popen([*command, job], env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for job in ("first", "second")
    ]
    printed = [worker.communicate() for worker in workers]
    assert printed == [("[] False\n", ""), ("[] False\n", "")]
    client = MlflowClient(uri)
    runs = client.search_runs([client.get_experiment_by_name("emergency_medicine").experiment_id])
    assert sorted(run.data.tags["edscribe.job"] for run in runs) == ["first", "second"]
    assert [run.info.status for run in runs] == ["FINISHED", "FINISHED"]
    for run in runs:
        assert len(client.get_metric_history(run.info.run_id, "loss")) == 40
