"""The R4 server behind the facade: what is forwarded to it, and the record of what it wrote."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
from starlette.responses import Response

from edscribe_pipelines_tests.fhir.servers.integrity import Links

_FORWARDED = ("accept", "content-type", "if-match", "if-none-match", "if-none-exist", "prefer")
_RETURNED = ("content-type", "etag", "last-modified", "location")
_FHIR_JSON = {"content-type": "application/fhir+json"}


@dataclass
class Store:
    """`base` and `shown` are the FHIR base behind the facade and the one its clients see."""

    client: httpx2.AsyncClient
    base: str
    shown: str
    written: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    contended: list[str] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    _open: Counter[str] = field(default_factory=Counter)
    _written_at: dict[str, float] = field(default_factory=dict)

    async def forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send one request on and return the answer, its addresses those that clients see."""
        kept = {name: headers[name] for name in _FORWARDED if name in headers}
        answer = await self.client.request(method, f"{self.base}{path}", content=body, headers=kept)
        returned = {name: self._seen(answer.headers[name]) for name in _RETURNED if name in answer.headers}
        content = answer.content.replace(self.base.encode(), self.shown.encode())
        return Response(content, answer.status_code, returned)

    async def bundle(self, bundle: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
        """Execute a batch or a transaction and record what it wrote."""
        sent = bundle.get("entry", [])
        held = [entry["request"]["url"] for entry in sent] if bundle["type"] == "transaction" else []
        self.contended += [url for url in held if self._open[url]]
        self._open.update(held)
        answer = await self.forward("POST", "", orjson.dumps(bundle), _FHIR_JSON | (headers or {}))
        self._open.subtract(held)
        if answer.status_code == 200:
            self._record_entries(sent, orjson.loads(answer.body).get("entry", []))
        return answer

    def _record_entries(self, sent: list[dict[str, Any]], done: list[dict[str, Any]]) -> None:
        for entry, answered in zip(sent, done, strict=True):
            request, response = entry["request"], answered["response"]
            status = int(response["status"].split()[0])
            self.record(request["method"], request["url"], status, response, entry.get("resource"))

    def record(self, method: str, url: str, status: int, answer: dict[str, Any], resource: Any) -> None:
        """Count the reference that a request has written or deleted; a create that found its resource wrote nothing."""
        if method == "DELETE" and status < 300:
            self.deleted[url] += 1
            self.links.drop(url)
        elif (method == "PUT" and status in (200, 201)) or (method == "POST" and status == 201):
            parts = answer.get("location", url).removeprefix(self.shown).strip("/").split("/")
            reference = "/".join(parts[:2])
            self.written[reference] += 1
            self.links.put(reference, resource)
            self._written_at[reference] = time.monotonic()

    def indexed(self, found: dict[str, Any], lag_s: float) -> dict[str, Any]:
        """Return a searchset without what was written within the last `lag_s` seconds."""
        since = time.monotonic() - lag_s
        kept = [entry for entry in found.get("entry", []) if self._written_at.get(_reference(entry), 0) <= since]
        return {**found, "entry": kept, "total": len(kept)}

    async def holds(self, reference: str) -> bool:
        if reference in self.links:
            return True
        answer = await self.client.get(f"{self.base}/{reference}")
        return answer.status_code == 200

    def _seen(self, value: str) -> str:
        return value.replace(self.base, self.shown)


def _reference(entry: dict[str, Any]) -> str:
    return f"{entry['resource']['resourceType']}/{entry['resource'].get('id')}"
