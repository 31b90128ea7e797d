"""The R4 server behind the facade: what is forwarded to it, and the record of what it wrote."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
from starlette.responses import Response

_FORWARDED = ("accept", "content-type", "if-match", "if-none-match", "if-none-exist", "prefer")
_RETURNED = ("content-type", "etag", "last-modified", "location")


@dataclass
class Store:
    """`base` and `shown` are the FHIR base behind the facade and the one its clients see."""

    client: httpx2.AsyncClient
    base: str
    shown: str
    written: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)

    async def forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send one request on and return the answer, its addresses those that clients see."""
        kept = {name: headers[name] for name in _FORWARDED if name in headers}
        answer = await self.client.request(method, f"{self.base}{path}", content=body, headers=kept)
        returned = {name: self._seen(answer.headers[name]) for name in _RETURNED if name in answer.headers}
        content = answer.content.replace(self.base.encode(), self.shown.encode())
        return Response(content, answer.status_code, returned)

    async def bundle(self, bundle: dict[str, Any], headers: dict[str, str]) -> Response:
        """Execute a batch or a transaction and record what it wrote."""
        answer = await self.forward("POST", "", orjson.dumps(bundle), headers)
        if answer.status_code == 200:
            done = orjson.loads(answer.body).get("entry", [])
            for sent, entry in zip(bundle.get("entry", []), done, strict=True):
                status = int(entry["response"]["status"].split()[0])
                self.record(sent["request"]["method"], sent["request"]["url"], status, entry["response"])
        return answer

    def record(self, method: str, url: str, status: int, answer: dict[str, Any]) -> None:
        """Count the reference that a request has written or deleted; a create that found its resource wrote nothing."""
        if method == "DELETE" and status < 300:
            self.deleted[url] += 1
        elif (method in ("PUT", "PATCH") and status in (200, 201)) or (method == "POST" and status == 201):
            parts = answer.get("location", url).removeprefix(self.shown).strip("/").split("/")
            self.written["/".join(parts[:2])] += 1

    async def holds(self, reference: str) -> bool:
        answer = await self.client.get(f"{self.base}/{reference}")
        return answer.status_code == 200

    def _seen(self, value: str) -> str:
        return value.replace(self.base, self.shown)
