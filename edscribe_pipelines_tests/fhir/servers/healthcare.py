"""A facade of the Google Cloud Healthcare API v1 in front of any FHIR R4 server.

It adds what such a server does not have: the paths of `healthcare.v1`, tokens that expire, the limits and settings of a
store, imports, and faults on demand. A method that is not FHIR answers what the published schema has; otherwise the
facade itself has failed, and says so when its block ends.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any, Self

import httpx2
import uvicorn
from google.oauth2.credentials import Credentials
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from edscribe_pipelines_tests.fhir.servers.answers import google_error, google_json
from edscribe_pipelines_tests.fhir.servers.api import STORE, Api
from edscribe_pipelines_tests.fhir.servers.bundles import Limits, Rules
from edscribe_pipelines_tests.fhir.servers.faults import STATUSES, FaultPlan, Faults
from edscribe_pipelines_tests.fhir.servers.store import Store
from edscribe_pipelines_tests.fhir.servers.tokens import Tokens

_UNAUTHENTICATED = "Request had invalid authentication credentials. Expected OAuth 2 access token."
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}


class Facade:
    """A context manager. `upstream` is the FHIR base of the server behind, `http://127.0.0.1:N/fhir`.

    `update_create` and `referential_integrity` are settings of the store. `faults` may be set again while the facade
    runs, as after a fix. `requests` lists (method, path, status) in the order of the answers, status 0 for a cut
    connection. `written` and `deleted` count references as the server behind did the work, whether or not the client
    learned of it. `hasty` lists what came again before its Retry-After had passed, `contended` the references that two
    open transactions wrote at once. `most_at_once` is the largest number of requests that were open together.
    """

    store = STORE

    def __init__(
        self,
        upstream: str,
        faults: Faults | None = None,
        *,
        update_create: bool = True,
        referential_integrity: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[tuple[str, str, int]] = []
        self.hasty: list[tuple[str, str]] = []
        self.most_at_once = 0
        self._at_once = 0
        self._not_before: dict[int, float] = {}
        self._plan = FaultPlan(faults or Faults())
        self._tokens = Tokens()
        self.token = self._tokens.give(self.faults.token_requests)
        self._client = httpx2.AsyncClient(timeout=120, limits=httpx2.Limits(max_connections=None))
        self._behind = Store(self._client, upstream.rstrip("/"), self.fhir)
        self._api = Api(Rules(self._behind, limits or Limits(), update_create, referential_integrity))
        self._failure: Exception | None = None
        config = uvicorn.Config(self._serve, interface="asgi3", http=_Cuttable, lifespan="off", log_config=None)
        config.timeout_graceful_shutdown = 2
        self._server = uvicorn.Server(config)
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
    def contended(self) -> list[str]:
        return self._behind.contended

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
        self._tokens.expire()

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    async def _run(self) -> None:
        async with self._client:
            await self._server.serve(sockets=[self._socket])

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = await self._answer(request, await request.body())
        except ClientDisconnect:
            return
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
        await asyncio.sleep(self.faults.latency_s)
        if request.url.path == "/token":
            self.token = self._tokens.give(self.faults.token_requests)
            return google_json({"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"})
        if not self._tokens.accept(request.headers.get("authorization", "")):
            return google_error(401, _UNAUTHENTICATED, _CHALLENGE)
        key = hash((request.method, request.url.path, body))
        if time.monotonic() < self._not_before.get(key, 0):
            self.hasty.append((request.method, request.url.path))
        kind = self._plan.of_request(request.method, request.url.path, body)
        if self.faults.capacity is not None and self._at_once > self.faults.capacity:
            kind = "429"
        if kind in STATUSES:
            return self._turned_away(int(kind), key)
        answer = await self._api.answer(request, body, self._plan) if kind != "cut_before" else None
        return None if kind == "cut_after" else answer

    def _turned_away(self, status: int, key: int) -> Response:
        wait = self.faults.retry_after_s if status in (429, 503) else None
        self._not_before[key] = time.monotonic() + (wait or 0)
        return google_error(status, "planned", {} if wait is None else {"Retry-After": str(wait)})


class _Cuttable(HttpToolsProtocol):
    """Gives the application the transport, so that it can cut the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"transport": self.transport}
