"""A stand-in for a Docker engine: as much of its API as one container's life needs, over HTTP, requests kept.

It is no engine: a container is a process of this machine that runs entrypoint and command with the container's
environment. So dagster-docker and docker-py talk to it as they would to an engine, and steps run for real;
images, volumes and GPUs are only what the requests say about them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PYTHON_FIRST = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@dataclass
class Container:
    name: str
    request: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        given = dict(entry.split("=", 1) for entry in self.request["Env"])
        command = [*self.request["Entrypoint"], *self.request["Cmd"]]
        environment = PYTHON_FIRST | given | {"IN_CONTAINER": self.name}
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)

    def stop(self, seconds: float) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def inspect(self) -> dict[str, Any]:
        code = self.process.poll() if self.process else 0
        status = "created" if self.process is None else "running" if code is None else "exited"
        shown = 128 - code if code is not None and code < 0 else code
        state = {"Status": status, "ExitCode": shown or 0, "OOMKilled": False}
        return {"Id": self.name, "Name": f"/{self.name}", "State": state, "Config": {"Labels": self.request["Labels"]}}


@dataclass
class Engine:
    images: set[str]
    start_error: str | None = None
    """What a start is answered with, as an engine without NVIDIA's toolkit does."""

    containers: dict[str, Container] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of all requests to create a container."""

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        match [method, *path.strip("/").split("/")[1:]]:
            case ["GET", "images", *name, "json"]:
                return (200, {"Id": "image"}) if "/".join(name) in self.images else (404, {"message": "No such image"})
            case ["GET", "containers", "json"]:
                return 200, [{"Id": each.name} for each in self._listed(query)]
            case ["POST", "containers", "create"]:
                return self._create(query["name"][0], body)
            case ["POST", "containers", name, "start"] if self.start_error is None:
                self.containers[name].start()
                return 204, None
            case ["POST", "containers", _, "start"]:
                return 500, {"message": self.start_error}
            case ["POST", "containers", name, "stop"]:
                self.containers[name].stop(float(query["t"][0]))
                return 204, None
            case ["GET", "containers", name, "json"] if name in self.containers:
                return 200, self.containers[name].inspect()
            case ["DELETE", "containers", name]:
                self.containers.pop(name).kill()
                return 204, None
        return 404, {"message": f"the stand-in has no {method} {path}"}

    def _create(self, name: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.created.append(body)
        self.containers[name] = Container(name, body)
        return 201, {"Id": name}

    def _listed(self, query: dict[str, list[str]]) -> list[Container]:
        filters = json.loads(query.get("filters", ["{}"])[0])
        everything = query.get("all", ["0"])[0] == "1"
        return [
            each
            for each in self.containers.values()
            if (everything or each.inspect()["State"]["Status"] == "running")
            and all(each.name == name for name in filters.get("name", []))
            and all(f"{key}={value}" in filters.get("label", [f"{key}={value}"]) for key, value in _labels(each))
        ]


def _labels(container: Container) -> list[tuple[str, str]]:
    return list(container.request["Labels"].items())


@contextmanager
def docker_engine(*images: str, start_error: str | None = None) -> Iterator[tuple[Engine, str]]:
    """Yield the engine and the DOCKER_HOST at which it answers; its containers are gone after the block."""
    engine = Engine(set(images), start_error)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            url = urlsplit(self.path)
            if url.path.endswith("/_ping"):
                code, answer = 200, "OK"
            elif url.path.endswith("/version"):
                code, answer = 200, {"ApiVersion": "1.47", "Version": "27.0"}
            else:
                code, answer = engine.answer(self.command, unquote(url.path), parse_qs(url.query), body)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_HEAD = _respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield engine, f"tcp://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        for container in engine.containers.values():
            container.kill()
