"""Steps as Kubernetes jobs, with Dagster's storage on a real PostgreSQL server. The cluster is a stand-in."""

from __future__ import annotations

import os
import signal
import socket

import pytest
import yaml

from edscribe_pipelines_tests.orchestration.executor.cluster import kubernetes_cluster, write_kubeconfig
from edscribe_pipelines_tests.orchestration.executor.postgres import postgres_server
from edscribe_pipelines_tests.orchestration.executor.runs import interrupt, is_gone, messages, wait_until


@pytest.fixture(scope="module")
def postgres_url():
    with postgres_server() as url:
        yield url


@pytest.fixture
def on_postgres(bench, postgres_url):
    """The bench, whose runs are recorded in PostgreSQL; the database forgets those of the test before."""
    config = {"telemetry": {"enabled": False}, "storage": {"postgres": {"postgres_url": postgres_url}}}
    (bench.home / "dagster.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with bench.instance() as instance:
        for run in instance.get_runs():
            instance.delete_run(run.run_id)
    return bench


@pytest.fixture
def cluster(tmp_path):
    with kubernetes_cluster(tmp_path) as (cluster, _):
        yield cluster


def placements(bench, **more):
    """Write a placement in the cluster whose kubeconfig is beside the bench's folders."""
    settings = {
        "place": "kubernetes",
        "image": "registry.example/edscribe-nemo:1",
        "namespace": "ed",
        "kubeconfig": str(bench.home.parent / "kubeconfig"),
        **more,
    }
    return bench.placements(yaml.safe_dump({"h100": settings}))


def test_tagged_step_runs_in_a_pod_and_the_others_here(on_postgres, cluster):
    events = on_postgres.run("route", placements(on_postgres))
    assert events[-1].is_job_success
    where = {name: on_postgres.left(name)["container"] for name in ("here", "routed", "here_again")}
    assert where == {"here": None, "routed": next(iter(cluster.jobs)), "here_again": None}
    assert on_postgres.captured(events, "routed") == "said by the routed step\n"


def test_pod_is_asked_for_with_gpus_node_and_all_that_the_file_says(on_postgres, cluster, monkeypatch):
    monkeypatch.setenv("EDSCRIBE_STORE", "/data/store")
    file = placements(
        on_postgres,
        gpus=1,
        node_selector={"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"},
        tolerations=[{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        service_account="trainer",
        volumes=[
            {"name": "data", "persistentVolumeClaim": {"claimName": "edscribe"}},
            {"name": "shm", "emptyDir": {"medium": "Memory"}},
        ],
        volume_mounts=[{"name": "data", "mountPath": "/data"}, {"name": "shm", "mountPath": "/dev/shm"}],
        environment=["EDSCRIBE_STORE"],
        env_secrets=["edscribe"],
        postgres_password_secret="dagster-postgresql",
    )
    assert on_postgres.run("route", file)[-1].is_job_success
    (job,) = cluster.created
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "registry.example/edscribe-nemo:1"
    assert container["resources"] == {"limits": {"nvidia.com/gpu": "1"}}
    assert pod["nodeSelector"] == {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
    assert pod["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert (pod["serviceAccountName"], pod["restartPolicy"]) == ("trainer", "Never")
    assert pod["volumes"][0]["persistentVolumeClaim"] == {"claimName": "edscribe"}
    assert container["volumeMounts"][1] == {"name": "shm", "mountPath": "/dev/shm"}
    assert {"name": "EDSCRIBE_STORE", "value": "/data/store"} in container["env"]
    assert container["envFrom"] == [{"secretRef": {"name": "edscribe"}}]
    (password,) = [entry for entry in container["env"] if entry["name"] == "DAGSTER_PG_PASSWORD"]
    assert password["valueFrom"]["secretKeyRef"]["name"] == "dagster-postgresql"


@pytest.mark.parametrize("job", ["fails_once", "is_killed_once"])
def test_step_is_retried_in_a_new_job(on_postgres, cluster, job):
    assert on_postgres.run(job, placements(on_postgres))[-1].is_job_success
    assert len(cluster.created) == 2


def test_pod_that_ends_without_a_result_fails_its_step(on_postgres, cluster):
    assert "ended without reporting a result" in messages(on_postgres.run("ends_silently", placements(on_postgres)))


def test_cancelled_run_removes_its_job(on_postgres, cluster):
    with on_postgres.run_apart("trains", placements(on_postgres)) as run:
        processes = on_postgres.wait_for("started")["processes"]
        interrupt(run)
        wait_until(lambda: is_gone(processes[0]), 10)
    assert (on_postgres.folder / "cleaned_up").exists()
    assert cluster.jobs == {}


def test_pod_ends_once_its_lost_run_counts_as_failed(on_postgres, cluster):
    with on_postgres.run_apart("trains", placements(on_postgres)) as run:
        processes = on_postgres.wait_for("started")["processes"]
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    with on_postgres.instance() as instance:
        (lost,) = instance.get_runs()
        instance.report_run_failed(lost)
    wait_until(lambda: all(map(is_gone, processes)), 30)


def test_pod_that_no_node_takes_fails_its_step_and_is_removed(on_postgres, cluster):
    cluster.unschedulable = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."
    events = on_postgres.run("ends_silently", placements(on_postgres, schedule_within_seconds=1))
    assert cluster.unschedulable in messages(events)
    assert cluster.jobs == {}


@pytest.mark.parametrize("named", [True, False])
def test_no_step_starts_without_a_cluster(on_postgres, monkeypatch, tmp_path, named):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    events = on_postgres.run("route", placements(on_postgres, kubeconfig=str(tmp_path / "none") if named else None))
    assert "no cluster is configured" in messages(events)
    assert not any(event.is_step_event for event in events)


def test_no_step_starts_where_the_cluster_does_not_answer(on_postgres, tmp_path):
    with socket.socket() as unanswered:
        unanswered.bind(("127.0.0.1", 0))
        write_kubeconfig(tmp_path, unanswered.getsockname()[1])
        events = on_postgres.run("route", placements(on_postgres))
    assert "the cluster does not answer" in messages(events)
    assert not any(event.is_step_event for event in events)


def test_no_step_starts_where_storage_is_on_this_machine_alone(bench, cluster):
    events = bench.run("route", placements(bench))
    assert "storage is SQLite" in messages(events)
    assert not any(event.is_step_event for event in events)


@pytest.mark.parametrize("volume", [{"name": "data", "persistentVolume": {}}])
def test_no_step_starts_where_kubernetes_has_no_such_field(on_postgres, cluster, volume):
    events = on_postgres.run("route", placements(on_postgres, volumes=[volume]))
    assert "Kubernetes has no such pod" in messages(events)
    assert not any(event.is_step_event for event in events)
