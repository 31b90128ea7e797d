"""The one seam between what is sent and how: a request goes out, a reply comes back, a broken connection is a reply.

Plain servers are reached by httpx2, Google's by the AuthorizedSession of google-auth, which fetches tokens and renews
them. Neither takes a proxy from the environment or follows a redirect, because either would carry rows to a host that
nobody named. Before each request the egress wall is asked for every kind of row that it holds.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from edscribe_pipelines.data_use.wall import EgressRefused, require_may_go
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.replies import CUT, Reply
from edscribe_pipelines.fhir.delivery.staging import Staging
from edscribe_pipelines.fhir.delivery.target import SETTING, Target
from edscribe_pipelines.settings import Settings

if TYPE_CHECKING:
    import httpx2

FHIR_JSON = "application/fhir+json"
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_ANSWER_WITHIN = 120.0
"""Seconds; a transaction of some hundred entries takes a store of Google's a few."""

MOST_AT_ONCE = 100
"""Beyond a hundred bundles at once servers get slower (Azure Health Data Services, azure-docs #126202)."""


@dataclass(frozen=True)
class Request:
    """`data_uses` are those of the rows that the body holds; none where it holds no row."""

    method: str
    url: str
    body: bytes = b""
    data_uses: frozenset[str] = frozenset()
    content_type: str = FHIR_JSON

    @property
    def headers(self) -> dict[str, str]:
        accepted = {"Accept": self.content_type, "Prefer": "return=minimal"}
        return accepted | ({"Content-Type": self.content_type} if self.body else {})


class Wire(Protocol):
    """Sends one request. Raises EgressRefused, with nothing sent, where a row may not go."""

    async def send(self, request: Request) -> Reply: ...


@asynccontextmanager
async def open_wire(target: Target, settings: Settings) -> AsyncIterator[Wire]:
    """Yield what sends requests to `target`. Raises BadInput where Google's credentials are missing."""
    if target.kind == "google":
        with ThreadPoolExecutor(MOST_AT_ONCE) as threads:
            yield _GoogleWire(_google_credentials(settings), threads, settings.trusted_hosts)
    else:
        async with _plain_client(settings) as client:
            yield _PlainWire(client, settings.trusted_hosts)


def may_go(data_use: str, target: Target, settings: Settings) -> bool:
    """Whether rows of `data_use` may go to `target`; a folder is on this machine."""
    if target.kind == "folder":
        return True
    try:
        require_may_go(data_use, target.base, settings.trusted_hosts, SETTING)
        if target.staging:
            require_may_go(data_use, Staging(target.staging, settings).address, settings.trusted_hosts, SETTING)
    except EgressRefused:
        return False
    return True


class _PlainWire:
    def __init__(self, client: httpx2.AsyncClient, trusted_hosts: tuple[str, ...]) -> None:
        self._client = client
        self._trusted_hosts = trusted_hosts

    async def send(self, request: Request) -> Reply:
        import httpx2

        for data_use in request.data_uses:
            require_may_go(data_use, request.url, self._trusted_hosts, SETTING)
        try:
            answer = await self._client.request(
                request.method, request.url, content=request.body, headers=request.headers
            )
        except httpx2.RequestError:
            return Reply(CUT)
        return Reply(answer.status_code, answer.content, {name.lower(): text for name, text in answer.headers.items()})


def _plain_client(settings: Settings) -> httpx2.AsyncClient:
    import httpx2

    token = _token(settings)
    return httpx2.AsyncClient(
        trust_env=False,
        follow_redirects=False,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=httpx2.Timeout(_ANSWER_WITHIN, connect=10.0, pool=None),
        limits=httpx2.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=MOST_AT_ONCE),
    )


def _token(settings: Settings) -> str | None:
    token = settings.fhir_token.get_secret_value() if settings.fhir_token else None
    if token and not token.isascii():
        raise BadInput("EDSCRIBE_FHIR_TOKEN", "letters that no token has", remedy="Copy it again.")
    return token


class _GoogleWire:
    """A session is not made for several threads, so each has its own; the credentials are one."""

    def __init__(self, credentials: Any, threads: ThreadPoolExecutor, trusted_hosts: tuple[str, ...]) -> None:
        self._credentials = credentials
        self._threads = threads
        self._trusted_hosts = trusted_hosts
        self._own = threading.local()

    async def send(self, request: Request) -> Reply:
        for data_use in request.data_uses:
            require_may_go(data_use, request.url, self._trusted_hosts, SETTING)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, request)

    def _send(self, request: Request) -> Reply:
        from google.auth.exceptions import RefreshError, TransportError
        from requests import RequestException

        try:
            answer = self._session().request(
                request.method,
                request.url,
                data=request.body or None,
                headers=request.headers,
                timeout=_ANSWER_WITHIN,
                allow_redirects=False,
            )
        except RefreshError:
            return Reply(401)
        except (RequestException, TransportError):
            return Reply(CUT)
        return Reply(answer.status_code, answer.content, {name.lower(): text for name, text in answer.headers.items()})

    def _session(self) -> Any:
        from google.auth.transport.requests import AuthorizedSession

        if not hasattr(self._own, "session"):
            self._own.session = AuthorizedSession(self._credentials, max_refresh_attempts=1)
            self._own.session.trust_env = False
        return self._own.session


def _google_credentials(settings: Settings) -> Any:
    """Return the static token that the settings give, or what google-auth finds on this machine."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError
    from google.oauth2.credentials import Credentials

    if token := _token(settings):
        return Credentials(token=token)
    try:
        credentials, _ = google.auth.default(scopes=_SCOPES)
    except GoogleAuthError:
        remedy = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS."
        raise BadInput(SETTING, "no credentials for Google were found", remedy=remedy) from None
    return credentials
