"""A stand-in for a Kubernetes cluster: as much of its API as one job's life needs, over HTTP, requests kept.

It is no cluster: a job's pod is a process of this machine that runs command and arguments with the container's
environment. So dagster-k8s and the Kubernetes client talk to it as they would to a cluster, and steps run for
real; images, volumes and GPUs are only what the requests say about them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from edscribe_pipelines_tests.orchestration.executor.docker_engine import PYTHON_FIRST

_TEMPLATE = {"kind": "Status", "apiVersion": "v1"}


@dataclass
class Cluster:
    unschedulable: str | None = None
    """Why no node takes a pod; None: one does at once."""

    jobs: dict[str, subprocess.Popen[bytes] | None] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        match [method, *path.strip("/").split("/")]:
            case ["GET", "apis", "batch", "v1", "namespaces", _, "jobs"]:
                return 200, {"kind": "JobList", "items": []}
            case ["POST", "apis", "batch", "v1", "namespaces", _, "jobs"]:
                self.created.append(body)
                self.jobs[body["metadata"]["name"]] = None if self.unschedulable else _start(body)
                return 201, body
            case ["GET", "apis", "batch", "v1", "namespaces", _, "jobs", name, "status"] if name in self.jobs:
                return 200, {"kind": "Job", "metadata": {"name": name}, "status": self._status(name)}
            case ["DELETE", "apis", "batch", "v1", "namespaces", _, "jobs", name]:
                self.end(name)
                return 200, _TEMPLATE
            case ["GET", "api", "v1", "namespaces", _, "pods"]:
                return 200, {"kind": "PodList", "items": [self._pod(name) for name in self.jobs]}
            case ["DELETE", "api", "v1", "namespaces", _, "pods", _]:
                return 200, {"kind": "Pod"}
        return 404, _TEMPLATE | {"code": 404, "reason": "NotFound"}

    def _status(self, name: str) -> dict[str, int]:
        process = self.jobs[name]
        code = None if process is None else process.poll()
        return {"active": 1} if code is None else {"succeeded": 1} if code == 0 else {"failed": 1}

    def _pod(self, name: str) -> dict[str, Any]:
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
        if self.unschedulable:
            scheduled |= {"status": "False", "reason": "Unschedulable", "message": self.unschedulable}
        return {"metadata": {"name": f"{name}-pod"}, "status": {"conditions": [scheduled]}}

    def end(self, name: str) -> None:
        """Do to the pod what its deletion does: SIGTERM, and SIGKILL after the grace."""
        process = self.jobs.pop(name)
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        threading.Timer(_grace(self.created), _kill, [process]).start()


def _grace(created: list[dict[str, Any]]) -> float:
    return created[-1]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _start(job: dict[str, Any]) -> subprocess.Popen[bytes]:
    (container,) = job["spec"]["template"]["spec"]["containers"]
    given = {entry["name"]: entry["value"] for entry in container["env"] if "value" in entry}
    environment = PYTHON_FIRST | given | {"IN_CONTAINER": job["metadata"]["name"]}
    command = [*container["command"], *container["args"]]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)


@contextmanager
def kubernetes_cluster(folder: Path) -> Iterator[tuple[Cluster, Path]]:
    """Yield the cluster and a kubeconfig for it in `folder`; its pods are gone after the block."""
    cluster = Cluster()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            code, answer = cluster.answer(self.command, urlsplit(self.path).path, body)
            content = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield cluster, write_kubeconfig(folder, server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        for process in cluster.jobs.values():
            if process is not None:
                _kill(process)
                process.wait()


def write_kubeconfig(folder: Path, port: int) -> Path:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "stand-in", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "nobody", "user": {}}],
        "contexts": [{"name": "stand-in", "context": {"cluster": "stand-in", "user": "nobody"}}],
        "current-context": "stand-in",
    }
    (folder / "kubeconfig").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder / "kubeconfig"
