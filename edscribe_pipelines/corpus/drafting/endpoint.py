"""The endpoint that drafts: one request, and whatever comes of it as a value.

An OpenAI-compatible chat completion (NVIDIA NIM). The client takes no proxy from the environment and
follows no redirect, because either would carry rows to a host that nobody named.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edscribe_pipelines.corpus.drafting.instructions import Question
from edscribe_pipelines.data_use.wall import wall
from edscribe_pipelines.retry_after import retry_after_seconds
from edscribe_pipelines.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_NO_KEY = "none"
"""Sent where no key is set. Left out, the library would send the key of another service from the environment."""


@dataclass(frozen=True)
class Reply:
    """`body` where `status` is completed; otherwise `status` is http_NNN, cut or timeout."""

    status: str
    seconds: float
    body: bytes = b""
    retry_after: float = 0.0


class Endpoint:
    """Asks questions, each through a client that is walled for the kind of row that the question holds."""

    def __init__(self, settings: Settings, answer_within: float) -> None:
        self._settings = settings
        self._answer_within = answer_within
        self._clients: dict[str, AsyncOpenAI] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Endpoint:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def ask(self, question: Question) -> Reply:
        """Return what the endpoint replied. Raises EgressRefused, with nothing sent, where the row may not leave."""
        import httpx2
        import openai

        client = self._client_for(question.data_use)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._answer_within):
                # Not `chat.completions.create`, which rebuilds the body: what is sent is what was hashed.
                response = await client.post("/chat/completions", body=question.body, cast_to=httpx2.Response)
                status, body, retry_after = "completed", response.content, 0.0
        except (openai.APITimeoutError, TimeoutError):
            status, body, retry_after = "timeout", b"", 0.0
        except openai.APIStatusError as error:
            asked = error.response.headers.get("retry-after", "")
            status, body, retry_after = f"http_{error.status_code}", b"", retry_after_seconds(asked)
        except openai.APIConnectionError:
            status, body, retry_after = "cut", b"", 0.0
        return Reply(status, time.monotonic() - started, body, retry_after)

    def _client_for(self, data_use: str) -> AsyncOpenAI:
        if data_use not in self._clients:
            self._clients[data_use] = self._walled_client(data_use)
            self._open.push_async_callback(self._clients[data_use].close)
        return self._clients[data_use]

    def _walled_client(self, data_use: str) -> AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        settings = self._settings
        transport = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            verify=httpx2.create_ssl_context(),
            timeout=httpx2.Timeout(self._answer_within, connect=10.0, pool=None),
            limits=httpx2.Limits(max_connections=settings.nim_concurrency),
            event_hooks={"request": [wall(data_use, settings.trusted_hosts, "NIM_URL")]},
        )
        key = settings.nim_api_key.get_secret_value() if settings.nim_api_key else _NO_KEY
        return AsyncOpenAI(api_key=key, base_url=settings.nim_url, http_client=transport, max_retries=0)
