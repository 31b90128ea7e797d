"""fhirStores.import from Cloud Storage, its long-running operation, and the log of what failed.

Google's import keeps no referential integrity, creates what is absent whatever the store's settings, rolls nothing
back, and says in Cloud Logging which resources failed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from google.cloud import storage

from edscribe_pipelines_tests.fhir.servers.discovery import conforming
from edscribe_pipelines_tests.fhir.servers.faults import FaultPlan
from edscribe_pipelines_tests.fhir.servers.store import Store

_TYPE = "type.googleapis.com/google.cloud.healthcare"
_CHUNK = 500


@dataclass
class Import:
    """One operation. It is done once it has been asked for `polls` times and the work has ended."""

    name: str
    polls: int
    created: str = field(default_factory=lambda: _now())
    success: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    work: asyncio.Task[None] | None = None

    def described(self) -> dict[str, Any]:
        """Return the Operation, what is zero or false left out, as in all of Google's JSON."""
        assert self.work is not None
        done = self.polls <= 0 and self.work.done()
        counts = {"success": self.success, "failure": len(self.failures)} if done else {"pending": 1}
        metadata = {
            "apiMethodName": "google.cloud.healthcare.v1.fhir.FhirStoreService.ImportResources",
            "createTime": self.created,
            "logsUrl": f"https://console.cloud.google.com/logs/query;query=operation.id%3D%22{self.name}%22",
            "counter": {name: str(count) for name, count in counts.items() if count},
        }
        conforming("OperationMetadata", metadata)
        operation = {"name": self.name, "metadata": {"@type": f"{_TYPE}.v1.OperationMetadata", **metadata}}
        if done:
            response = {"@type": f"{_TYPE}.v1.fhir.rest.ImportResourcesResponse"}
            operation |= {"done": True, **({"error": self.error} if self.error else {"response": response})}
        return conforming("Operation", operation)

    def log_entries(self) -> Iterator[dict[str, Any]]:
        """Yield the failures as LogEntry of logging.v2. The names of log and producer are by analogy."""
        for failure in self.failures:
            yield {
                "logName": "projects/p/logs/healthcare.googleapis.com%2Fimport_fhir",
                "operation": {"id": self.name, "producer": "healthcare.googleapis.com/ImportFhir"},
                "jsonPayload": {"@type": f"{_TYPE}.logging.ImportFhirLogEntry", **failure},
                "severity": "ERROR",
                "timestamp": self.created,
            }


async def run(operation: Import, request: dict[str, Any], store: Store, plan: FaultPlan) -> None:
    """Read the objects that the request names and write their resources."""
    uri = request["gcsSource"]["uri"]
    contents = await asyncio.to_thread(lambda: dict(_objects(uri)))
    if plan.faults.import_error or not contents:
        operation.error = {"code": 5, "message": "no object matches the source, or the import was planned to fail"}
    for source, content in contents.items() if operation.error is None else ():
        resources = list(_resources(content, request.get("contentStructure", "BUNDLE"), source, operation))
        for start in range(0, len(resources), _CHUNK):
            await _write(resources[start : start + _CHUNK], source, operation, store, plan)


def _objects(uri: str) -> Iterator[tuple[str, bytes]]:
    """Yield the address and content of every object that matches; `*` crosses no folder, `**` does."""
    bucket, _, pattern = uri.removeprefix("gs://").partition("/")
    expression = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\?", ".")
    for blob in storage.Client().list_blobs(bucket):
        if re.fullmatch(expression, blob.name):
            yield f"gs://{bucket}/{blob.name}", blob.download_as_bytes()


def _resources(content: bytes, structure: str, source: str, operation: Import) -> Iterator[dict[str, Any]]:
    lines = [content] if structure.endswith("_PRETTY") else content.splitlines()
    for line in filter(bytes.strip, lines):
        try:
            parsed = orjson.loads(line)
        except orjson.JSONDecodeError:
            operation.failures.append(_failure(source, "", "invalid JSON"))
            continue
        if structure.startswith("BUNDLE") and parsed.get("resourceType") != "Bundle":
            operation.failures.append(_failure(source, "", "the line is no Bundle"))
        elif structure.startswith("BUNDLE"):
            yield from (entry["resource"] for entry in parsed.get("entry", []))
        else:
            yield parsed


async def _write(
    resources: list[dict[str, Any]], source: str, operation: Import, store: Store, plan: FaultPlan
) -> None:
    accepted = []
    for resource in resources:
        reference = f"{resource.get('resourceType')}/{resource.get('id')}"
        if "id" not in resource or reference in plan.faults.refused:
            operation.failures.append(_failure(source, reference, "no id, or planned"))
        else:
            accepted.append({"resource": resource, "request": {"method": "PUT", "url": reference}})
    answer = await store.bundle({"resourceType": "Bundle", "type": "batch", "entry": accepted})
    for sent, entry in zip(accepted, orjson.loads(answer.body)["entry"], strict=True):
        if entry["response"]["status"].startswith("20"):
            operation.success += 1
        else:
            operation.failures.append(_failure(source, sent["request"]["url"], "the resource is invalid"))


def _failure(source: str, reference: str, message: str) -> dict[str, Any]:
    named = {"resourceId": reference} if reference else {}
    return {"source": source, **named, "error": {"code": 3, "message": message}}


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
