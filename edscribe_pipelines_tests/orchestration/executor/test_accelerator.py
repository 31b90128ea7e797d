"""The executor's contract, with real runs, real processes and SQLite storage."""

from __future__ import annotations

import os
import signal

import pytest

from edscribe_pipelines_tests.orchestration.executor.runs import interrupt, is_gone, messages, wait_until

LOCAL = "h100: {place: local}\n"


def test_steps_of_one_run_have_processes_of_their_own_and_their_output_is_captured(bench):
    events = bench.run("route", bench.placements(LOCAL))
    assert events[-1].is_job_success
    assert len({bench.left(name)["group"] for name in ("here", "routed", "here_again")} | {os.getpgrp()}) == 4
    assert bench.captured(events, "routed") == "said by the routed step\n"
    assert not any("said by the routed step" in (event.message or "") for event in events)


@pytest.mark.parametrize("job", ["fails_once", "is_killed_once"])
def test_step_is_retried_in_a_new_process(bench, job):
    events = bench.run(job, bench.placements(LOCAL))
    assert events[-1].is_job_success
    assert bench.left("attempt_0")["pid"] != bench.left("attempt_1")["pid"]
    assert sum(event.is_step_up_for_retry for event in events) == 1


def test_worker_that_ends_without_a_result_fails_its_step(bench):
    events = bench.run("ends_silently")
    assert sum(event.is_step_failure for event in events) == 1
    assert "ended without reporting a result" in messages(events)


def test_cancelled_run_ends_its_workers_and_all_that_they_started(bench):
    with bench.run_apart("trains", bench.placements(LOCAL)) as run:
        processes = bench.wait_for("started")["processes"]
        interrupt(run)
        wait_until(lambda: all(map(is_gone, processes)), 10)
        run.wait(timeout=30)
    assert (bench.folder / "cleaned_up").exists()


def test_worker_that_will_not_stop_is_killed(bench):
    with bench.run_apart("trains_and_will_not_stop", bench.placements(LOCAL)) as run:
        processes = bench.wait_for("started")["processes"]
        interrupt(run)
        wait_until(lambda: all(map(is_gone, processes)), 10)


@pytest.mark.parametrize("job", ["trains", "trains_and_will_not_stop"])
@pytest.mark.parametrize("placements", [LOCAL, None])
def test_worker_ends_when_the_process_of_its_run_is_killed(bench, job, placements):
    with bench.run_apart(job, placements and bench.placements(placements)) as run:
        processes = bench.wait_for("started")["processes"]
        os.kill(run.pid, signal.SIGKILL)
        wait_until(lambda: all(map(is_gone, processes)), 20)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("h100: {place: slurm}\n", "field h100"),
        ("a100: {place: local}\n", "no place for the accelerator h100"),
        ("h100: {place: local, gpu_free_gb: 60}\n", "no NVIDIA GPU"),
    ],
)
def test_no_step_starts_where_a_place_is_unknown_or_missing(bench, text, told, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    events = bench.run("route", bench.placements(text))
    assert told in messages(events)
    assert not any(event.is_step_event for event in events)
