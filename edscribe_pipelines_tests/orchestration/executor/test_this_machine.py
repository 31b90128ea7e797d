"""The GPU memory that a step on this machine may ask for; a script of this name stands in for nvidia-smi."""

from __future__ import annotations

import pytest

from edscribe_pipelines_tests.orchestration.executor.runs import messages


@pytest.fixture
def gpu(tmp_path, monkeypatch):
    """Return the function that says how many MiB are free on the machine's GPUs."""

    def has_free(*mebibytes: int) -> None:
        script = tmp_path / "nvidia-smi"
        script.write_text("#!/bin/sh\n" + "".join(f"echo {free}\n" for free in mebibytes), encoding="utf-8")
        script.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return has_free


PLACEMENTS = "h100: {place: local, gpu_free_gb: 60}\n"


def test_step_starts_where_a_gpu_has_the_memory(bench, gpu):
    gpu(1_000, 81_000)
    assert bench.run("fails_once", bench.placements(PLACEMENTS))[-1].is_job_success


def test_step_fails_where_the_gpu_is_full_and_nothing_started(bench, gpu):
    gpu(40_000)
    events = bench.run("ends_silently", bench.placements(PLACEMENTS))
    assert "no GPU of this machine has 60 GB free" in messages(events)
    assert not any(event.event_type_value == "STEP_WORKER_STARTED" for event in events)


def test_no_step_starts_where_nvidia_smi_lists_no_gpu(bench, gpu):
    gpu()
    events = bench.run("route", bench.placements(PLACEMENTS))
    assert "no NVIDIA GPU" in messages(events)
    assert not any(event.is_step_event for event in events)
