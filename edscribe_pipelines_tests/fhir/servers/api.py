"""The paths of the facade: those of `healthcare.v1` that delivery calls, and `entries:list` of `logging.v2`."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from edscribe_pipelines_tests.fhir.servers import imports
from edscribe_pipelines_tests.fhir.servers.answers import fhir_error, fhir_json, google_error, google_json
from edscribe_pipelines_tests.fhir.servers.bundles import Rules
from edscribe_pipelines_tests.fhir.servers.discovery import NotInSchema, conforming
from edscribe_pipelines_tests.fhir.servers.faults import FaultPlan

DATASET = "projects/p/locations/l/datasets/d"
STORE = f"{DATASET}/fhirStores/s"


@dataclass
class Api:
    rules: Rules
    operations: dict[str, imports.Import] = field(default_factory=dict)

    async def answer(self, request: Request, body: bytes, plan: FaultPlan) -> Response:
        path = request.url.path
        if path == f"/v1/{STORE}" and request.method == "GET":
            return google_json(conforming("FhirStore", self._store()))
        if path == f"/v1/{STORE}:import" and request.method == "POST":
            return self._import(body, plan)
        if path.startswith(f"/v1/{DATASET}/operations/") and request.method == "GET":
            return self._operation(path.removeprefix("/v1/"))
        if path == "/v2/entries:list" and request.method == "POST":
            return self._log_entries(orjson.loads(body))
        if path == f"/v1/{STORE}/fhir" or path.startswith(f"/v1/{STORE}/fhir/"):
            return await self._fhir(request, path.removeprefix(f"/v1/{STORE}/fhir"), body, plan)
        return google_error(404, "no such method, or no such resource of this project")

    def _store(self) -> dict[str, Any]:
        """Return the store as fhirStores.get does: what is false is left out, as in all of Google's JSON."""
        settings = {
            "enableUpdateCreate": self.rules.update_create,
            "disableReferentialIntegrity": not self.rules.referential_integrity,
        }
        return {"name": STORE, "version": "R4"} | {name: value for name, value in settings.items() if value}

    def _import(self, body: bytes, plan: FaultPlan) -> Response:
        request = orjson.loads(body)
        try:
            conforming("ImportResourcesRequest", request)
        except NotInSchema as fault:
            return google_error(400, f"Invalid JSON payload received. {fault}")
        if not request.get("gcsSource", {}).get("uri", "").startswith("gs://"):
            return google_error(400, "gcsSource.uri is no address of Cloud Storage")
        name = f"{DATASET}/operations/{len(self.operations) + 1}"
        operation = self.operations[name] = imports.Import(name, plan.faults.import_polls)
        operation.work = asyncio.create_task(imports.run(operation, request, self.rules.store, plan))
        return google_json(conforming("Operation", {"name": name}))

    def _operation(self, name: str) -> Response:
        if name not in self.operations:
            return google_error(404, "no such operation")
        operation = self.operations[name]
        operation.polls -= 1
        if operation.work is not None and operation.work.done():
            operation.work.result()
        return google_json(operation.described())

    def _log_entries(self, request: dict[str, Any]) -> Response:
        """Answer a filter that names the operation, `operation.id="projects/..."`; a page holds `pageSize` entries."""
        conforming("ListLogEntriesRequest", request, "logging.v2")
        named = re.search(r'operation\.id\s*=\s*"([^"]+)"', request.get("filter", ""))
        operation = self.operations.get(named[1]) if named else None
        entries = list(operation.log_entries()) if operation else []
        start, size = int(request.get("pageToken", "0")), request.get("pageSize", 50)
        page: dict[str, Any] = {"entries": entries[start : start + size]}
        if start + size < len(entries):
            page["nextPageToken"] = str(start + size)
        return google_json(conforming("ListLogEntriesResponse", page, "logging.v2"))

    async def _fhir(self, request: Request, path: str, body: bytes, plan: FaultPlan) -> Response:
        if body and not request.headers.get("content-type", "").startswith("application/fhir+json"):
            return fhir_error(415, "Content-Type is not application/fhir+json")
        limit = self.rules.limits.bundle_bytes
        if len(body) > limit:
            return google_error(413, f"Request payload size exceeds the limit: {limit} bytes.")
        try:
            sent = orjson.loads(body) if body else {}
        except orjson.JSONDecodeError:
            return fhir_error(400, "the body is no JSON")
        if path == "" and request.method == "POST":
            return await self.rules.execute(sent, dict(request.headers), plan)
        if path == "" or path.endswith("/"):
            return google_error(404, "no such method")
        full = path + (f"?{request.url.query}" if request.url.query else "")
        if request.method in ("PUT", "POST", "DELETE") and not path.endswith("/_search"):
            return await self._write(request, full, body, sent, plan)
        return await self._read(request, full, body, plan)

    async def _write(self, request: Request, path: str, body: bytes, sent: Any, plan: FaultPlan) -> Response:
        url = path.removeprefix("/")
        if refusal := await self.rules.refusal(request.method, url, sent, plan):
            return fhir_error(refusal.status, refusal.text)
        answer = await self.rules.store.forward(request.method, path, body, dict(request.headers))
        self.rules.store.record(request.method, url, answer.status_code, dict(answer.headers), sent)
        return answer

    async def _read(self, request: Request, path: str, body: bytes, plan: FaultPlan) -> Response:
        if request.query_params.get("_summary", "data") not in ("data", "text"):
            return fhir_error(400, "_summary is text or data in a store of Google")
        answer = await self.rules.store.forward(request.method, path, body, dict(request.headers))
        of_type = path.removeprefix("/").partition("?")[0].isalpha()
        if plan.faults.search_lag_s and of_type and "identifier" not in request.query_params:
            return fhir_json(self.rules.store.indexed(orjson.loads(answer.body), plan.faults.search_lag_s))
        return answer
