"""A facade of the Google Cloud Healthcare API v1 in front of any FHIR R4 server.

It adds what such a server does not have: the paths of `healthcare.v1`, tokens that expire, the limits of a store, and
faults on demand. Methods that are not FHIR answer what the published schema has, or the facade fails; it then says so
when its block ends.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
from collections import Counter
from types import TracebackType
from typing import Any, Self

import httpx2
import uvicorn
from google.oauth2.credentials import Credentials
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from edscribe_pipelines_tests.fhir.servers.answers import fhir_error, google_error, google_json
from edscribe_pipelines_tests.fhir.servers.bundles import Limits, Rules
from edscribe_pipelines_tests.fhir.servers.discovery import conforming
from edscribe_pipelines_tests.fhir.servers.faults import FaultPlan, Faults
from edscribe_pipelines_tests.fhir.servers.store import Store

STORE = "projects/p/locations/l/datasets/d/fhirStores/s"


class Facade:
    """A context manager. `upstream` is the FHIR base of the server behind, `http://127.0.0.1:N/fhir`.

    `update_create` is the store's enableUpdateCreate. `faults` may be set again while the facade runs, as after a
    fix. `requests` lists (method, path, status) in the order of the answers, status 0 for a cut connection. `written`
    and `deleted` count references as the server behind did the work, whether or not the client learned of it.
    """

    def __init__(
        self, upstream: str, faults: Faults | None = None, *, update_create: bool = True, limits: Limits | None = None
    ) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.store = STORE
        self.requests: list[tuple[str, str, int]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._plan = FaultPlan(faults or Faults())
        self._left: dict[str, int | None] = {}
        self.token = self._new_token()
        self._upstream = upstream.rstrip("/")
        self._limits = limits or Limits()
        self._update_create = update_create
        self._failure: Exception | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._serve,
                interface="asgi3",
                http=_Cuttable,
                lifespan="off",
                log_config=None,
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @property
    def fhir(self) -> str:
        """The FHIR base that clients see."""
        return f"{self.url}/v1/{self.store}/fhir"

    @property
    def written(self) -> Counter[str]:
        return self._behind.written

    @property
    def deleted(self) -> Counter[str]:
        return self._behind.deleted

    @property
    def faults(self) -> Faults:
        return self._plan.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._plan = FaultPlan(faults)

    def credentials(self) -> Credentials:
        """Return credentials that begin with the present token and get the next one at `/token`."""
        where = {"token_uri": f"{self.url}/token", "client_id": "client", "client_secret": "secret"}
        return Credentials(self.token, refresh_token="refresh", **where)

    def expire_token(self) -> None:
        """Let every token that was given out so far get 401."""
        self._left = {}

    def __enter__(self) -> Self:
        started = threading.Event()
        self._started = started
        self._thread.start()
        while not started.wait(0.01) or not self._server.started:
            pass
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    async def _run(self) -> None:
        async with httpx2.AsyncClient(timeout=120) as client:
            self._behind = Store(client, self._upstream, self.fhir)
            self._rules = Rules(self._behind, self._limits, self._update_create)
            self._started.set()
            await self._server.serve(sockets=[self._socket])

    def _new_token(self) -> str:
        token = f"ya29.{secrets.token_urlsafe(16)}"
        self._left[token] = self._plan.faults.token_requests
        return token

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = await self._answer(request, await request.body())
        except Exception as failure:
            self._failure = self._failure or failure
            answer = google_error(500, "the facade itself failed")
        finally:
            self._at_once -= 1
        self.requests.append((request.method, path, answer.status_code if answer else 0))
        if answer is None:
            scope["extensions"]["transport"].abort()
            await asyncio.sleep(0.01)
        else:
            await answer(scope, receive, send)

    async def _answer(self, request: Request, body: bytes) -> Response | None:
        """Return what the request gets; none: its connection is cut."""
        faults = self._plan.faults
        if faults.latency_s:
            await asyncio.sleep(faults.latency_s)
        if request.url.path == "/token":
            self.token = self._new_token()
            return google_json({"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"})
        if not self._knows(request.headers.get("authorization", "")):
            return google_error(
                401,
                "Request had invalid authentication credentials. Expected OAuth 2 access token.",
                {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
            )
        kind = self._plan.of_request(request.method, request.url.path, body)
        if faults.capacity is not None and self._at_once > faults.capacity:
            kind = "429"
        if kind in ("429", "500", "503"):
            waits = {"Retry-After": str(faults.retry_after_s)} if faults.retry_after_s is not None else {}
            return google_error(int(kind), "planned", {} if kind == "500" else waits)
        answer = await self._route(request, body) if kind != "cut_before" else None
        return None if kind == "cut_after" else answer

    def _knows(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        if token not in self._left:
            return False
        left = self._left[token]
        self._left[token] = None if left is None else left - 1
        return left is None or left > 0

    async def _route(self, request: Request, body: bytes) -> Response:
        path = request.url.path.removeprefix(f"/v1/{self.store}")
        if path == request.url.path:
            return google_error(404, "no such resource of this project")
        if path == "" and request.method == "GET":
            return google_json(conforming("FhirStore", self._described()))
        if path == "/fhir" or path.startswith("/fhir/"):
            return await self._fhir(request, path.removeprefix("/fhir"), body)
        return google_error(404, "no such method")

    def _described(self) -> dict[str, Any]:
        """Return the store as fhirStores.get does: what is false is left out, as in all of Google's JSON."""
        settings = {"enableUpdateCreate": self._update_create, "disableReferentialIntegrity": True}
        return {"name": self.store, "version": "R4"} | {name: value for name, value in settings.items() if value}

    async def _fhir(self, request: Request, path: str, body: bytes) -> Response:
        headers = dict(request.headers)
        if body and not headers.get("content-type", "").startswith("application/fhir+json"):
            return fhir_error(415, "Content-Type is not application/fhir+json")
        if len(body) > self._limits.bundle_bytes:
            return google_error(413, f"Request payload size exceeds the limit: {self._limits.bundle_bytes} bytes.")
        if path == "" and request.method == "POST":
            return await self._rules.execute(body, headers, self._plan)
        if not path.strip("/") or path.endswith("/"):
            return google_error(404, "no such method")
        url = path.strip("/") + (f"?{request.url.query}" if request.url.query else "")
        if request.method in ("PUT", "POST", "DELETE") and not path.endswith("_search"):
            resource = json.loads(body) if body else None
            if refusal := await self._rules.refusal(request.method, url, resource, self._plan):
                return fhir_error(refusal.status, refusal.text)
        answer = await self._behind.forward(request.method, f"/{url}", body, headers)
        self._behind.record(request.method, url, answer.status_code, dict(answer.headers))
        return answer


class _Cuttable(HttpToolsProtocol):
    """Gives the application the transport, so that it can cut the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"transport": self.transport}
