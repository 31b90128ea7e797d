"""What a store of Google refuses that the server behind would accept, and fhir.executeBundle.

In a batch the entries fail one by one, inside an answer of 200; a transaction fails as a whole.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from edscribe_pipelines_tests.fhir.servers.answers import failed_entry, fhir_error, fhir_json
from edscribe_pipelines_tests.fhir.servers.faults import FaultPlan
from edscribe_pipelines_tests.fhir.servers.integrity import references
from edscribe_pipelines_tests.fhir.servers.store import Store


@dataclass(frozen=True)
class Limits:
    """https://cloud.google.com/healthcare-api/quotas, read in 2026; MB are counted as 2^20 bytes."""

    bundle_bytes: int = 50 * 2**20
    resource_bytes: int = 10 * 2**20
    bundle_entries: int = 4_500
    """Published for transactions; held for batches, too."""


@dataclass(frozen=True)
class Refusal:
    status: int
    text: str


@dataclass(frozen=True)
class Rules:
    """The store's settings, with Google's defaults but for enableUpdateCreate.

    Google publishes no status for an update of what is absent and for a broken reference; these are FHIR R4's (405 of
    http.html#upsert, 422 for a business rule, 409 for a delete).
    """

    store: Store
    limits: Limits
    update_create: bool
    referential_integrity: bool

    async def refusal(
        self, method: str, url: str, resource: Any, plan: FaultPlan, alongside: Set[str] = frozenset()
    ) -> Refusal | None:
        """Return why one write is refused; none: it is executed. `alongside` are references of the same transaction."""
        if url in plan.faults.refused:
            return Refusal(plan.faults.refused[url], "planned")
        if method == "PUT" and "?" not in url and (resource or {}).get("id") != url.partition("/")[2]:
            return Refusal(400, "the id of the resource is not the id of the path")
        if resource is not None and len(orjson.dumps(resource)) > self.limits.resource_bytes:
            return Refusal(413, "the resource is larger than the limit")
        if method == "PUT" and not self.update_create and not await self.store.holds(url):
            return Refusal(405, "the store has no enableUpdateCreate: an update creates nothing")
        return await self._broken_reference(method, url, resource, alongside) if self.referential_integrity else None

    async def _broken_reference(self, method: str, url: str, resource: Any, alongside: Set[str]) -> Refusal | None:
        if method == "DELETE":
            return Refusal(409, "other resources refer to it") if self.store.links.referrers(url) - alongside else None
        for target in set(references(resource)) - alongside - {url}:
            if not await self.store.holds(target):
                return Refusal(422, "it refers to a resource that the store does not hold")
        return None

    async def execute(self, bundle: dict[str, Any], headers: dict[str, str], plan: FaultPlan) -> Response:
        """Answer an executeBundle request."""
        entries = bundle.get("entry", [])
        if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in ("batch", "transaction"):
            return fhir_error(400, "the body is no Bundle of type batch or transaction")
        if any(not entry.get("request", {}).keys() >= {"method", "url"} for entry in entries):
            return fhir_error(400, "an entry has no request.method or no request.url")
        if len(entries) > self.limits.bundle_entries:
            return fhir_error(400, f"the bundle has more than {self.limits.bundle_entries} entries")
        if bundle["type"] == "transaction":
            return await self._transaction(bundle, headers, plan)
        return await self._batch(bundle, headers, plan)

    async def _transaction(self, bundle: dict[str, Any], headers: dict[str, str], plan: FaultPlan) -> Response:
        entries = bundle.get("entry", [])
        urls = [entry["request"]["url"] for entry in entries if entry["request"]["method"] != "POST"]
        if len(urls) != len(set(urls)):
            return fhir_error(400, "two entries of the transaction are about the same resource")
        for entry in entries:
            if refusal := await self._refusal_of(entry, plan, frozenset(urls)):
                return fhir_error(refusal.status, refusal.text)
        return await self.store.bundle(bundle, headers)

    async def _batch(self, bundle: dict[str, Any], headers: dict[str, str], plan: FaultPlan) -> Response:
        entries = bundle.get("entry", [])
        failed: dict[int, dict[str, Any]] = {}
        for place, entry in enumerate(entries):
            request = entry["request"]
            if status := plan.of_entry(request["method"], request["url"]):
                failed[place] = failed_entry(status, "planned")
            elif refusal := await self._refusal_of(entry, plan):
                failed[place] = failed_entry(refusal.status, refusal.text)
        kept = [entry for place, entry in enumerate(entries) if place not in failed]
        if not kept:
            return fhir_json({"resourceType": "Bundle", "type": "batch-response", "entry": list(failed.values())})
        answer = await self.store.bundle({**bundle, "entry": kept}, headers)
        if answer.status_code != 200 or not failed:
            return answer
        executed = orjson.loads(answer.body)
        done = iter(executed.get("entry", []))
        merged = [failed[place] if place in failed else next(done) for place in range(len(entries))]
        return fhir_json({**executed, "entry": merged})

    async def _refusal_of(
        self, entry: dict[str, Any], plan: FaultPlan, alongside: Set[str] = frozenset()
    ) -> Refusal | None:
        request = entry["request"]
        return await self.refusal(request["method"], request["url"], entry.get("resource"), plan, alongside)
