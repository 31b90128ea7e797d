"""Steps as containers: what dagster-docker sends, and what becomes of the step. The engine is a stand-in."""

from __future__ import annotations

import os
import signal

import pytest
from dagster import DagsterRunStatus

from edscribe_pipelines_tests.orchestration.executor.docker_engine import docker_engine
from edscribe_pipelines_tests.orchestration.executor.runs import interrupt, is_gone, messages, wait_until

IMAGE = "registry.example/edscribe-nemo:1"
PLACEMENTS = f"""
h100:
  place: docker
  image: {IMAGE}
  gpus: 1
  shm_size: 8g
  volumes: ["/data/store:/data/store"]
  network: edscribe
  environment: [EDSCRIBE_STORE]
"""


@pytest.fixture
def engine(monkeypatch):
    with docker_engine(IMAGE) as (engine, address):
        monkeypatch.setenv("DOCKER_HOST", address)
        monkeypatch.setenv("EDSCRIBE_STORE", "/data/store")
        yield engine


def test_tagged_step_runs_in_a_container_and_the_others_here(bench, engine):
    events = bench.run("route", bench.placements(PLACEMENTS))
    assert events[-1].is_job_success
    where = {name: bench.left(name)["container"] for name in ("here", "routed", "here_again")}
    assert where == {"here": None, "routed": next(iter(engine.containers)), "here_again": None}
    assert bench.captured(events, "routed") == "said by the routed step\n"


def test_container_is_asked_for_with_gpus_and_all_that_the_file_says(bench, engine):
    bench.run("route", bench.placements(PLACEMENTS))
    (asked,) = engine.created
    host = asked["HostConfig"]
    (device,) = host["DeviceRequests"]
    assert (device["Count"], device["Capabilities"]) == (1, [["gpu"]])
    assert (host["ShmSize"], host["Binds"], host["NetworkMode"]) == (8 << 30, ["/data/store:/data/store"], "edscribe")
    assert asked["Image"] == IMAGE
    assert "EDSCRIBE_STORE=/data/store" in asked["Env"]


@pytest.mark.parametrize("job", ["fails_once", "is_killed_once"])
def test_step_is_retried_in_a_new_container(bench, engine, job):
    assert bench.run(job, bench.placements(PLACEMENTS))[-1].is_job_success
    assert bench.left("attempt_0")["container"] != bench.left("attempt_1")["container"]


def test_container_that_ends_without_a_result_fails_its_step(bench, engine):
    assert "ended without reporting a result" in messages(bench.run("ends_silently", bench.placements(PLACEMENTS)))


def test_cancelled_run_stops_its_container(bench, engine):
    with bench.run_apart("trains", bench.placements(PLACEMENTS)) as run:
        processes = bench.wait_for("started")["processes"]
        interrupt(run)
        wait_until(lambda: is_gone(processes[0]), 10)
    assert (bench.folder / "cleaned_up").exists()


def test_container_ends_once_its_lost_run_counts_as_failed(bench, engine):
    with bench.run_apart("trains", bench.placements(PLACEMENTS)) as run:
        processes = bench.wait_for("started")["processes"]
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    with bench.instance() as instance:
        (lost,) = instance.get_runs()
        instance.report_run_failed(lost)
    wait_until(lambda: all(map(is_gone, processes)), 30)


def test_no_step_starts_without_an_engine(bench, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    monkeypatch.setenv("EDSCRIBE_STORE", "/data/store")
    events = bench.run("route", bench.placements(PLACEMENTS))
    assert "no Docker engine answers at unix:///nonexistent/docker.sock" in messages(events)
    assert not any(event.is_step_event for event in events)


def test_no_step_starts_without_the_image(bench, engine):
    engine.images.clear()
    events = bench.run("route", bench.placements(PLACEMENTS))
    assert f"docker pull {IMAGE}" in messages(events)
    assert not any(event.is_step_event for event in events)


def test_no_step_starts_without_a_variable_that_the_container_is_to_inherit(bench, engine, monkeypatch):
    monkeypatch.delenv("EDSCRIBE_STORE")
    events = bench.run("route", bench.placements(PLACEMENTS))
    assert "EDSCRIBE_STORE is not set" in messages(events)
    assert not any(event.is_step_event for event in events)


def test_step_fails_where_another_container_holds_the_gpu(bench, engine):
    with bench.run_apart("trains", bench.placements(PLACEMENTS)):
        bench.wait_for("started")
        events = bench.run("ends_silently", bench.placements(PLACEMENTS))
    assert "GPU is taken by edscribe-step-" in messages(events)
    assert len(engine.created) == 1


def test_container_that_cannot_start_fails_its_step_and_is_removed(bench, engine):
    engine.start_error = 'could not select device driver "" with capabilities: [[gpu]]'
    events = bench.run("ends_silently", bench.placements(PLACEMENTS))
    assert engine.start_error in messages(events)
    assert sum(event.is_step_failure for event in events) == 1
    assert engine.containers == {}
    with bench.instance() as instance:
        assert [run.status for run in instance.get_runs()] == [DagsterRunStatus.FAILURE]
